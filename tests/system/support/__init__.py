"""What the system tests share: a berthd of their own, clients, a look at processes from outside."""
