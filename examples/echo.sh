#!/bin/sh
# echo.sh - a function that is started for each call: standard input and output are the connection, and the
# environment says who calls.  What is written to standard error goes to berthd's log.
#
#	[function echo]
#	handover = spawn
#	command = /usr/local/lib/echo.sh
printf 'This is %s. You are %s port %s, by %s.\n' \
	"$BERTH_FUNCTION" "${TCPREMOTEIP-here}" "${TCPREMOTEPORT--}" "$PROTO"
echo "called by ${TCPREMOTEIP-a user of this machine}" >&2
exec cat
