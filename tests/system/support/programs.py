"""Programs that functions execute in tests, as text."""

# A server behind its own port: takes the socket at descriptor 3 and tells everybody its pid.
LISTENER = '''#!/usr/bin/python3 -IS
import os, socket
listener = socket.socket(fileno=3)
while True:
    connection, _ = listener.accept()
    try:
        connection.sendall(b'%d\\n' % os.getpid())
        connection.recv(1)
    except OSError:  # whoever only looks whether it is open resets it
        pass
    connection.close()
'''

# The same, but it binds the port it is told on the command line, after a pause.
BINDER = '''#!/usr/bin/python3 -IS
import os, socket, sys, time
time.sleep(float(sys.argv[2]))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(('', int(sys.argv[1])))
listener.listen()
while True:
    connection, _ = listener.accept()
    try:
        connection.sendall(b'%d\\n' % os.getpid())
        connection.recv(1)
    except OSError:  # whoever only looks whether it is open resets it
        pass
    connection.close()
'''

# A worker of the line dialect: greets, says its pid and what the call said of itself, and echoes what comes;
# "die" ends it within a call, "sleep" keeps it busy for a while.
WORKER = '''#!/usr/bin/python3 -IS
import os, socket, struct, sys, time
CALL = struct.Struct('<IHHQQQII16s33s23x')
GREET = 1

def attach(path):
    door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    door.connect(path)
    greeting, descriptors, _, _ = socket.recv_fds(door, 4, 1)
    if greeting != b'BWQ1':
        sys.exit('refused')
    print('attached', flush=True)
    return door, descriptors[0]

if len(sys.argv) > 1:
    door, number = attach(sys.argv[1])
else:
    number = int(os.environ['BERTH_WORKER_FD'])
queue = socket.socket(fileno=number)
queue.setblocking(True)
while True:
    octets, descriptors, flags, _ = socket.recv_fds(queue, 256, 1)
    if not octets:
        break
    fields = CALL.unpack(octets)
    assert fields[0] == 0x62437631 and len(descriptors) == 1
    with socket.socket(fileno=descriptors[0]) as call:
        try:
            if fields[2] & GREET:
                call.sendall(b'+\\r\\n')
            name, key = (field.rstrip(b'\\0') for field in fields[8:10])
            call.sendall(b'%d %s %s\\n' % (os.getpid(), name, key))
            while True:
                words = call.recv(4096)
                if words == b'die':
                    os._exit(1)
                if words == b'sleep':
                    time.sleep(0.3)
                if not words:
                    break
                call.sendall(words)
        except OSError:
            pass
'''
