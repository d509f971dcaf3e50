# Writes the page once, then serves it and logs a line every few seconds.
busybox mkdir -p /tmp/site
busybox sed "s/@HOST@/$(busybox hostname)/" /www/index.html >/tmp/site/index.html
busybox httpd -p 8080 -h /tmp/site
n=0
while :; do
  n=$((n + 1))
  echo "hello from $(busybox hostname): line $n"
  busybox sleep 1
done
