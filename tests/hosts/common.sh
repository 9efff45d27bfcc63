# What both hosts have: an account for the scan with just the rights that `annexa permissions host` prints, and a kernel
# that can be told what to say. /root/planting holds what the test made for this run.

useradd --create-home --shell /bin/sh annexa
chage --maxdays 365 annexa
install -m 0440 /root/planting/annexa.sudoers /etc/sudoers.d/annexa
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
chmod 750 /home/annexa
# Who never signs in at a terminal leaves no record of it: without one, nobody could tell who does not sign in at all.
lastlog --set --user annexa

# The kernel is the whole machine's: what it would say on a host of its own is laid over /proc/sys, where systemd-sysctl
# then writes what the host's own files set. What nobody pretends is still the true kernel's.
cat >/usr/local/sbin/pretend-kernel <<'END'
#!/bin/sh
set -eu
pretend() { mkdir -p "${1%/*}"; echo "$2" >"$1.new"; mv -f "$1.new" "$1"; }
mkdir -p /run/kernel
for folder in kernel fs; do
  mkdir -p /run/kernel/true/$folder /run/kernel/$folder
  mount --bind --make-private /proc/sys/$folder /run/kernel/true/$folder
  for entry in /proc/sys/$folder/*; do ln -s /run/kernel/true/$folder/"${entry##*/}" /run/kernel/$folder; done
done
cd /run/kernel
rm -f kernel/yama
pretend kernel/randomize_va_space 2
pretend kernel/kptr_restrict 0
pretend kernel/dmesg_restrict 0
pretend kernel/perf_event_paranoid 2
pretend kernel/unprivileged_bpf_disabled 2
pretend kernel/sysrq 438
pretend kernel/kexec_load_disabled 0
pretend kernel/yama/ptrace_scope 0
pretend fs/suid_dumpable 0
pretend fs/protected_hardlinks 1
pretend fs/protected_symlinks 1
pretend fs/protected_fifos 1
pretend fs/protected_regular 2
for folder in kernel fs; do mount --bind /run/kernel/$folder /proc/sys/$folder; done
mkdir vulnerabilities
cp /etc/pretended/vulnerabilities/* vulnerabilities/
mount --bind vulnerabilities /sys/devices/system/cpu/vulnerabilities
# A network namespace begins with loopback alone, about which most questions make no sense.
ip link add host0 type veth peer name peer0
ip link set peer0 up
ip link set host0 up
END
chmod 755 /usr/local/sbin/pretend-kernel
cat >/etc/systemd/system/pretend-kernel.service <<'END'
[Unit]
Description=Pretend a kernel and a network of its own
DefaultDependencies=no
Before=systemd-sysctl.service sysinit.target
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/pretend-kernel
[Install]
WantedBy=sysinit.target
END
systemctl enable --quiet pretend-kernel.service
# There is no kernel of its own to load modules into, nor one whose audit could be asked.
systemctl disable --quiet auditd.service chrony.service
