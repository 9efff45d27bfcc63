# The hardened host: what can be said in drop-in files is said there (`files/`), the rest as the manuals tell.
. /root/planting/common.sh
install -m 644 /root/planting/people.pub /etc/ssh/people.pub
ssh-keygen -q -t rsa -b 4096 -N '' -f /etc/ssh/ssh_host_rsa_key
chmod 600 /etc/ssh/sshd_config.d/10-hardened.conf
chmod 440 /etc/sudoers.d/10-hardened
chmod 755 /etc/sudoers.d
echo 'Only for authorised use. What you do is recorded.' >/etc/issue.net

# accounts
groupadd --system ssh-users
groupadd --system nobody-may-su
usermod --append --groups ssh-users annexa
sed -i -e 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 365/' -e 's/^UMASK.*/UMASK 027/' -e 's/^ENCRYPT_METHOD.*/ENCRYPT_METHOD YESCRYPT/' \
  -e 's/^#\?HOME_MODE.*/HOME_MODE 0750/' -e 's/^PASS_MIN_DAYS.*/PASS_MIN_DAYS 1/' /etc/login.defs
useradd -D -f 30 >/dev/null
useradd --create-home --uid 2000 --shell /bin/bash --groups sudo,ssh-users,adm alice
usermod --password "$(openssl passwd -6 "$(openssl rand -base64 18)")" alice
chmod 750 /home/alice
chage --maxdays 365 root
lastlog --set --user alice
ssh-keygen -q -t ed25519 -N '' -f /root/planting/alice
install -d -m 700 -o alice -g alice /home/alice/.ssh
install -m 600 -o alice -g alice /root/planting/alice.pub /home/alice/.ssh/authorized_keys

# PAM, by profiles
sed -i 's/ nullok//' /usr/share/pam-configs/unix
DEBIAN_FRONTEND=noninteractive pam-auth-update --enable faillock faillock-notify history umask
sed -i 's/^# auth       required   pam_wheel.so$/auth required pam_wheel.so use_uid group=nobody-may-su/' /etc/pam.d/su

# files
mkdir -p /boot/grub
echo 'set superusers=root' >/boot/grub/grub.cfg
chmod 600 /boot/grub/grub.cfg
for folder in /etc/cron.d /etc/cron.daily /etc/cron.hourly /etc/cron.weekly /etc/cron.monthly; do chmod 700 $folder; done
chmod 600 /etc/crontab
touch /var/log/unattended-upgrades/unattended-upgrades-shutdown.log
find /var/log -type f -exec chmod o-rwx,g-w {} +
systemctl enable --quiet docker.socket

# a certificate and its key
openssl req -x509 -newkey rsa:3072 -nodes -subj /CN=ca.example.org -days 400 \
  -keyout /root/planting/ca.key -out /root/planting/ca.pem 2>&-
openssl ecparam -name prime256v1 -genkey -noout -out /etc/ssl/private/service.key
openssl req -new -key /etc/ssl/private/service.key -subj /CN=service.example.org -out /root/planting/service.csr
openssl x509 -req -sha256 -in /root/planting/service.csr -CA /root/planting/ca.pem -CAkey /root/planting/ca.key \
  -CAcreateserial -days 200 -out /etc/ssl/service.pem 2>&-
chmod 600 /etc/ssl/private/service.key
sed -i 's/^\[openssl_init\]/[openssl_init]\nssl_conf = ssl_sect/' /etc/ssl/openssl.cnf
cat >>/etc/ssl/openssl.cnf <<'END'
[ssl_sect]
system_default = system_default_sect
[system_default_sect]
MinProtocol = TLSv1.2
CipherString = DEFAULT@SECLEVEL=2
END

# logs
mkdir -p /var/log/journal
sed -i -e 's/^\(\s*\)rotate .*/\1rotate 60/' /etc/logrotate.d/* /etc/logrotate.conf
sed -i -e 's/^max_log_file_action.*/max_log_file_action = keep_logs/' -e 's/^space_left_action.*/space_left_action = email/' \
  -e 's/^admin_space_left_action.*/admin_space_left_action = single/' /etc/audit/auditd.conf

# software
sed -i 's|http://|https://|' /etc/apt/sources.list.d/debian.sources

# services
touch /var/lib/aide/aide.db
systemctl enable --quiet nftables.service dailyaidecheck.timer logrotate.timer borgmatic.timer borgmatic.service \
  restrict-tmp.service
