"""An estate in moto's server: one module for each service, with `populate(aws)`, found by being here.

Where moto lacks an operation, the module says in `ANSWERS` what AWS would say: `{"service:Operation": Canned(body)}`, with
the shapes of the SDK's own service model; `"service:Operation eu-west-1"` is said in that region only. Where moto's answer
lacks what AWS's has, `MENDED` completes it: `{"service:Operation": function of the body}`. Collectors whose pages moto cannot turn stand in `UNPAGED`, with why. Checks
that judge nothing until they are told more get their settings from `SETTINGS`.
"""
