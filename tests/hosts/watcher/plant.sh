# A machine that Annexa runs on as docs/running-as-a-service.md says. Its packages and the checkout are shown to it.
useradd --system --home-dir /var/lib/annexa --shell /usr/sbin/nologin annexa
python3 -m venv --without-pip /opt/annexa
printf '%s\n' /opt/shown/packages /opt/shown/checkout /opt/shown/checkout/tests/monitoring/harbour \
  >"$(echo /opt/annexa/lib/python3.*/site-packages)/annexa.pth"
cat >/opt/annexa/bin/annexa <<'END'
#!/opt/annexa/bin/python3
from agent import main

main()
END
chmod 755 /opt/annexa/bin/annexa
install -m 0644 /root/planting/annexa.service /etc/systemd/system/annexa.service

# the account that it looks at this machine by, and the key for it
useradd --create-home --shell /bin/sh looked-at
install -d -m 700 -o looked-at -g looked-at /home/looked-at/.ssh
install -m 600 -o looked-at -g looked-at /root/planting/annexa.pub /home/looked-at/.ssh/authorized_keys
install -d -m 700 /etc/annexa/secrets
install -m 600 /root/planting/annexa /etc/annexa/secrets/key
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
echo "127.0.0.1 $(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)" >/etc/annexa/known_hosts

install -d -m 750 -o annexa -g annexa /var/lib/annexa
echo '{"ships": {"ash": {"anna": 0}, "elm": {"eva": 0}}, "out": []}' >/var/lib/annexa/estate.json
systemctl disable --quiet auditd.service chrony.service
