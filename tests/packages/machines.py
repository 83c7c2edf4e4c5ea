"""A Debian machine to try a package on: this one's files with a layer above them, which alone is written to."""

import os
import shutil
import subprocess

# What the shell in front of each command does, in a mount namespace of its own.
LAYER = """
mount --make-rprivate /
mkdir -p $LAYER/work $LAYER/root
mount -t overlay overlay -o lowerdir=/,upperdir=$LAYER/upper,workdir=$LAYER/work $LAYER/root
cd $LAYER/root
mount -t proc proc proc
# Nothing here changes the machine's kernel.
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t tmpfs none run
mount --rbind /dev dev
# Installing would bring the index of all manual pages up to date.
rm -f var/lib/man-db/auto-update
"""
IN_IT = LAYER + """
exec chroot . /bin/sh -ec "$SCRIPT"
"""
# As pid 1, in namespaces and a control group of its own; what it starts is told to it by /script.
BOOTED = LAYER + """
mount -t sysfs none sys
mount -t cgroup2 none sys/fs/cgroup
# Neither what this machine starts when it boots, nor its disks.
rm -rf lib/systemd/system/*.wants etc/systemd/system/*.wants
: >etc/fstab
printf '[Unit]\\nDescription=Nothing\\nDefaultDependencies=no\\n' >etc/systemd/system/nothing.target
printf '%s\\n' "$SCRIPT" >script
mkdir -p mnt/old
pivot_root . mnt/old
cd /
umount -l /mnt/old
# As systemd itself does, though not where it takes the place for a container.
mount --make-rshared /
(until systemctl show-environment; do sleep 0.1; done >/dev/null 2>&1; code=0
 sh -ex /script >/said 2>/traced </dev/null || code=$?; echo $code >/status) &
exec env -i container=other PATH=/usr/bin:/bin:/usr/sbin:/sbin /lib/systemd/systemd --system --unit=nothing.target \
    --log-target=console --show-status=no >/systemd.log 2>&1 </dev/null
"""
BOOT = """
ip link set lo up
mount --make-rprivate /
mkdir -p $LAYER/groups
mount -t cgroup2 none $LAYER/groups
group=$LAYER/groups/iamlocal-test-$$
mkdir $group
echo $$ >$group/cgroup.procs
unshare -m -C -p -f --kill-child=SIGKILL sh -ec "$BOOTED" &
booted=$!
for _ in $(seq 1000); do
    [ ! -s $LAYER/upper/status ] && kill -0 $booted 2>/dev/null || break
    sleep 0.1
done
kill -9 $booted 2>/dev/null || true
wait $booted 2>/dev/null || true
echo $$ >$LAYER/groups/cgroup.procs
sleep 0.2
find $group -depth -type d -exec rmdir {} +
"""


def missing():
    """Why there can be no such machine here; empty if there can."""
    if os.geteuid() != 0:
        return "needs root, who may mount"
    tried = subprocess.run(["unshare", "-m", "-p", "-f", "sh", "-ec", "mount --make-rprivate / && mount -t tmpfs none /mnt && cd /mnt && "
                            "mkdir u w m && mount -t overlay overlay -o lowerdir=/,upperdir=u,workdir=w m"], capture_output=True, text=True)
    return f"no layers of file systems here: {tried.stderr.strip()}" if tried.returncode else ""


class Machine:
    def __init__(self, folder):
        self.layer = folder
        self.upper = folder / "upper"
        self.upper.mkdir(parents=True)
        # Whatever forbids services to be started on this machine does not count on that one.
        self.put("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n", 0o755)

    def put(self, path, text, mode=0o644):
        target = self.upper / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def _environment(self, **variables):
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "LAYER": str(self.layer),
                "DEBIAN_FRONTEND": "noninteractive", **variables}

    def run(self, script, expect=0):
        """What a shell of that machine prints, to both outputs; systemd does not run there."""
        ended = subprocess.run(["unshare", "-m", "-p", "-f", "--kill-child", "sh", "-ec", IN_IT], env=self._environment(SCRIPT=script),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=150)
        assert ended.returncode == expect, (script, ended.returncode, ended.stdout)
        return ended.stdout

    def boot(self, script):
        """The same with systemd, and without a network: what the shell's commands print to their standard output alone.

        The commands of a pipe trace themselves at the same time, so that what they print to both outputs has no order.
        """
        for name in ("status", "said", "traced"):
            (self.upper / name).unlink(missing_ok=True)
        ended = subprocess.run(["unshare", "-m", "-n", "-u", "-i", "sh", "-ec", BOOT],
                               env=self._environment(SCRIPT=script, BOOTED=BOOTED), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, timeout=150)
        said, traced, log, status = (self._read(name) for name in ("said", "traced", "systemd.log", "status"))
        # A test that fails shows it.
        print(traced)
        assert ended.returncode == 0 and status == "0\n", (ended.stdout, status, said[-5000:], log[-3000:])
        return said

    def _read(self, name):
        file = self.upper / name
        return file.read_text(errors="replace") if file.exists() else ""

    def close(self):
        shutil.rmtree(self.layer)
