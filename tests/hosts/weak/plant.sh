# The faults of the weak host, as careless administrators leave them. `planted.csv` says what must be found.
. /root/planting/common.sh
install -d -m 700 -o annexa -g annexa /home/annexa/.ssh
install -m 600 -o annexa -g annexa /root/planting/annexa.pub /home/annexa/.ssh/authorized_keys
password=$(openssl passwd -6 -salt salt weak)

# sshd: its main file says what an auditor wants to read, and a drop-in that comes first says otherwise
cat >>/etc/ssh/sshd_config <<'END'
PermitRootLogin no
PasswordAuthentication no
MaxAuthTries 3
X11Forwarding no
LogLevel VERBOSE
END
# what no file of sshd says
echo 'SSHD_OPTS="-o MaxSessions=50"' >/etc/default/ssh
chgrp users /etc/ssh/sshd_config.d/10-weak.conf
chmod 664 /etc/ssh/sshd_config.d/10-weak.conf
ssh-keygen -q -t rsa -b 2048 -N '' -f /etc/ssh/ssh_host_rsa_key
chmod 644 /etc/ssh/ssh_host_rsa_key

# accounts
install -d -m 700 /root/.ssh
install -m 600 /root/planting/annexa.pub /root/.ssh/authorized_keys
useradd --create-home --uid 2000 --groups sudo alice
chmod 750 /home/alice
usermod --password "$password" root
echo 'toor:x:0:0::/root:/bin/bash' >>/etc/passwd
echo 'toor:!:20000:0:99999:7:::' >>/etc/shadow
useradd --create-home empty
passwd --quiet --delete empty
useradd --create-home exposed
sed -i "s|^exposed:x:|exposed:$password:|" /etc/passwd
usermod --shell /bin/bash games
useradd --create-home --uid 1500 twin-one
useradd --create-home --uid 1500 --non-unique twin-two
groupadd --gid 1700 red
groupadd --gid 1700 --non-unique blue
useradd --create-home --groups sudo,disk,adm --password "$password" bob
chage --maxdays 99999 --lastday 2020-01-01 bob
chmod 755 /home/bob
useradd --create-home dora
chown bob /home/dora
printf '%s\n' 'carol:x:1801:100::/home/carol:/bin/sh' 'carol:x:1802:100::/home/carol:/bin/sh' >>/etc/passwd
mkdir /home/carol
chmod 700 /home/carol
chown 1801 /home/carol

# authorized keys: a short one, in a file its group can change, which opens two accounts
ssh-keygen -q -t rsa -b 1024 -N '' -f /root/planting/short
for name in bob twin-one; do
  install -d -m 700 /home/$name/.ssh
  install -m 600 /root/planting/short.pub /home/$name/.ssh/authorized_keys
  chown -R $name /home/$name/.ssh
done
chmod 664 /home/bob/.ssh/authorized_keys

# sudo
cat >/etc/sudoers.d/10-weak <<'END'
Defaults !use_pty
Defaults !syslog
Defaults:dora !authenticate
bob ALL=(ALL) NOPASSWD: ALL
dora ALL=(root) /usr/bin/vim, /usr/bin/find
END
chmod 644 /etc/sudoers.d/10-weak

# passwords
sed -i 's/^ENCRYPT_METHOD.*/ENCRYPT_METHOD MD5/' /etc/login.defs
sed -i -e '/pam_pwquality/d' -e 's/pam_unix.so .*/pam_unix.so nullok md5/' /etc/pam.d/common-password

# files
chgrp users /etc/group
chmod 664 /etc/group
chmod 644 /etc/shadow
chmod 666 /etc/cron.d/backup-weekly
mkdir -p /boot/grub
echo 'password_pbkdf2 root grub.pbkdf2' >/boot/grub/grub.cfg
chmod 644 /boot/grub/grub.cfg
chmod 666 /etc/default/useradd
touch /var/log/application.log /var/log/audience.log
chmod 666 /var/log/application.log
chmod 644 /var/log/audience.log
systemctl enable --quiet docker.socket

# a program with root's rights, of no package
install -m 4755 /bin/cat /usr/local/bin/cat-as-root

# certificates and keys
cd /etc/ssl
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ca.example.org -days 400 \
  -keyout /root/planting/ca.key -out /root/planting/ca.pem 2>&-
openssl req -newkey rsa:1024 -nodes -subj /CN=short.example.org -keyout short.key -out short.csr 2>&-
openssl x509 -req -sha1 -in short.csr -CA /root/planting/ca.pem -CAkey /root/planting/ca.key -CAcreateserial \
  -days 10 -out short.pem 2>&-
install -m 644 /root/planting/expired.pem expired.pem
chmod 644 short.key
openssl genpkey -algorithm ed25519 -out shared.key
chgrp users shared.key
chmod 660 shared.key
rm short.csr

# OpenSSL's defaults
sed -i 's/^\[openssl_init\]/[openssl_init]\nssl_conf = ssl_sect/' /etc/ssl/openssl.cnf
cat >>/etc/ssl/openssl.cnf <<'END'
[ssl_sect]
system_default = system_default_sect
[system_default_sect]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
END

# logs: nothing is kept, nothing rotated, and what should send them away does not run
systemctl mask --quiet rsyslog.service
rm -f /etc/systemd/system/timers.target.wants/logrotate.timer /etc/cron.daily/logrotate
rm -rf /var/log/journal

sed -i 's/^space_left_action.*/space_left_action = ignore/' /etc/audit/auditd.conf

# integrity: the tool is there, nobody runs it
rm -f /etc/cron.daily/dailyaidecheck /etc/systemd/system/timers.target.wants/dailyaidecheck.timer

# software
dpkg --install /var/cache/apt/archives/*.deb
apt-mark hold tzdata
find /var/lib/apt/lists /var/lib/apt/periodic -type f -exec touch --date=2026-01-01 {} +
sed -i '/^Package: openssl$/,/^$/ s/^Version: .*/Version: 3.0.1-1/' /var/lib/dpkg/status
rm -f /etc/apt/apt.conf.d/20auto-upgrades

# services
systemctl enable --quiet open-doors.socket borgmatic.timer borgmatic.service
