"""What is judged alike in all clouds. Checks of AWS, Azure and Google Cloud hand over what their provider says, in one
form; what a provider alone knows (priorities, service tags, kinds of keys) stays with its checks."""
