"""Every write to conversations: a message comes in, a service request is made, a service request is done."""
