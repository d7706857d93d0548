# Unpacks a server that is newer than the one of this Debian into a folder. Nothing is installed but `patchelf`.
#
#   fetch.sh FOLDER NAME PACKAGE…
#
# The packages are those of Debian unstable, with every library that they need, from the mirror that this machine uses.
# FOLDER/NAME appears at once, when it is complete. Processes that fetch at the same time wait for each other.
set -euo pipefail
folder=$1 name=$2
shift 2

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
[ ! -d "$folder/$name" ] || exit 0

if ! command -v patchelf >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q -y -o DPkg::Lock::Timeout=300 update
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends patchelf
fi

mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)
if [ -z "$mirror" ]; then
    mirror=$(sed -n 's/^deb .*\(http[^ ]*\) .*/\1/p' /etc/apt/sources.list 2>/dev/null | head -n 1)
fi
[ -n "$mirror" ] || { echo "the mirror of this machine is not known" >&2; exit 1; }

# An apt of its own, for which nothing is installed, so that it also takes the libraries.
apt=$folder/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$apt/sources"
own_apt() {
    apt-get -q -y -o Dir::Etc::sourcelist="$apt/sources" -o Dir::Etc::sourceparts=/dev/null -o Dir::State="$apt" \
        -o Dir::State::status="$apt/status" -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User= "$@"
}
own_apt update
own_apt install --no-install-recommends --download-only "$@"

part=$folder/$name.part
rm -rf "$part"
mkdir "$part"
for package in "$apt"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$part"
done
rm -f "$apt"/cache/archives/*.deb

# Programs are led to the libraries beside them, at the place where the tree is going to be.
loader=$(find "$part"/usr/lib* -name 'ld-linux*.so.*' | head -n 1)
loader=$folder/$name/${loader#"$part"/}
libraries=$(dirname "$loader"):$folder/$name/usr/lib/mysql/private
{ find "$part"/usr/bin "$part"/usr/sbin "$part"/usr/lib/postgresql/*/bin -maxdepth 1 -type f 2>/dev/null || true; } |
    while IFS= read -r program; do
        # Scripts and programs without libraries stay as they are.
        if patchelf --print-interpreter "$program" >/dev/null 2>&1; then
            patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$program"
        fi
    done
chmod -R a+rX "$part"
mv "$part" "$folder/$name"
