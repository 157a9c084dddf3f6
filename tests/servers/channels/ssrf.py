"""Addresses and URLs by which somebody could be led inside, in every spelling we know."""


def _words(text: str) -> list[str]:
    return text.split()


INSIDE_4 = _words("""
    127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.254 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1
    192.168.255.254 100.64.0.1 100.127.255.255
""")
NEVER_4 = _words("""
    0.0.0.0 0.0.0.1 0.255.255.255 169.254.0.1 169.254.169.254 169.254.170.2 169.254.255.255 100.100.100.200
    168.63.129.16 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
    224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.254 255.255.255.255
""")
INSIDE_6 = ["::1", "fc00::1", "fd00::1", "fdff:ffff::1"]
NEVER_6 = _words("""
    :: ::2 ::ffff:0:0 fe80::1 fe80::1%lo febf::1 fec0::1 ff02::1 ff05::2 100::1 2001:db8::1 2001::1
    2001:0:7f00:1:: 2001:10::1 2001:20::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:0808:0808:: 3fff::1 5f00::1 4000::1
    fd00:ec2::254 fd20:ce::254 ::ffff:0:127.0.0.1 ::127.0.0.1 64:ff9b:1::7f00:1 2606:4700::5efe:7f00:1
    2606:4700::200:5efe:7f00:1
""")
EMBEDDED = [f"::ffff:{a}" for a in INSIDE_4 + NEVER_4] + [f"64:ff9b::{a}" for a in INSIDE_4 + NEVER_4]
PUBLIC = _words("""
    8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 11.0.0.1 223.255.255.254
    2606:4700:4700::1111 2a00:1450::8a ::ffff:8.8.8.8 64:ff9b::8.8.8.8
""")

LOOPBACK = _words("""
    http://127.0.0.1/ http://127.1/ http://127.0.1/ http://2130706433/ http://0x7f000001/ http://0x7f.0.0.1/
    http://0x7f.1/ http://0177.0.0.1/ http://0177.1/ http://017700000001/ http://127.0.0.1.:80/ http://localhost/
    http://LOCALHOST/ http://0/ http://0.0.0.0/ http://0x0/ http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/
    http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[0:0:0:0:0:ffff:127.0.0.1]/ http://[64:ff9b::7f00:1]/
    http://[2002:7f00:1::]/ http://169.254.169.254/latest/meta-data/ http://0xa9fea9fe/ http://2852039166/
    http://0251.0376.0251.0376/ http://[::ffff:169.254.169.254]/ http://[fd00:ec2::254]/ http://10.0.0.1/
    http://0xa000001/ http://012.0.0.1/ http://192.168.1.1/ http://3232235777/ http://172.16.0.1/
    http://100.100.100.200/ http://[fe80::1]/ http://[fc00::1]/ http://[ff02::1]/ http://①②⑦.⓪.⓪.①/
    http://127。0。0。1/ https://127.0.0.1/ https://localhost/ https://0x7f.1/ http://127.0.0.1:8080/
    http://127.0.0.1:443/ http://[::1]:8443/
""")
BAD_SETTINGS = [
    "http://user@example.com/", "http://user:pass@example.com/", "https://example.com@127.0.0.1/",
    "https://127.0.0.1@example.com/", "https://example.com:80@127.0.0.1/", "https://example.com\\@127.0.0.1/",
    "https://127.0.0.1\\@example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:25/",
    "dict://127.0.0.1:11211/", "//example.com/", "example.com", "https://", "https:///path", "http://exa mple.com/",
    "http://example.com/\r\nX-Evil: 1", "http://example.com/\t", "http://example.com/#@127.0.0.1/",
    "https://example.com:22/", "https://example.com:25/", "https://example.com:5432/", "https://example.com:6379/",
    "https://example.com:0/", "https://example.com:99999/", "https://example.com:x/", "http://[::1", "http://]/",
    "https://exämple.com/", "https://①②⑦.⓪.⓪.①/", "https://example.com/" + "a" * 2000, "unix:///var/run/docker.sock",
    "http://[127.0.0.1]/", "jar:http://127.0.0.1!/", "https://example.com/{", "http://127.0.0.1%00.example.com/",
]  # fmt: skip
