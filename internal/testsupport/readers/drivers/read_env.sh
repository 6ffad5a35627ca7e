# Reads .env files as a shell does: set -a; . file
#
# Usage: SHELL read_env.sh ENV FILE...
#
# Writes the environment that a command would then get to FILE.out, as
# "env -0" prints it. ENV is the path of env. There are no variables here: the
# files may set any.
read_one() (
  set -a
  . "$2" </dev/null
  exec "$1" -0 >"$2.out"
)
while [ "$#" -gt 1 ]; do
  read_one "$1" "$2"
  first=$1
  shift 2
  set -- "$first" "$@"
done
exit 0
