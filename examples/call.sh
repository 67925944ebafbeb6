#!/bin/bash
# call.sh HOST PORT FUNCTION - calls a function until it is done: standard input to it, what it says to standard output.
exec 3<> "/dev/tcp/$1/$2" && printf '%s\r\n' "$3" >&3 && IFS= read -r reply <&3 || exit 3
read -r port host _ <<< "$(tr -d '\r' <<< "${reply#?}")"
case $reply in
	-*) echo "${reply#-}" >&2; exit 1 ;;
	'>'*) case $host in '' | *=*) host=$1 ;; esac; exec 3<> "/dev/tcp/$host/$port" || exit 3 ;;
esac
cat <&0 >&3 & trap 'kill $! 2> /dev/null' EXIT
cat <&3
