"""An RTSP server nobody here wrote: serves clips with GStreamer's, on loopback, with Digest accounts.

usage: /usr/bin/python3 gst-rtsp-server.py USER NAME=CODEC:CLIP.mp4 ...      (CODEC is h264 or h265, and must be the clip's)
The password is the first line of stdin. Prints its port when it is ready; ends when stdin closes. A clip plays once per viewer.
Debian packages: gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def factory(clip, codec):
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(
        f'( filesrc location="{clip}" ! qtdemux ! {codec}parse config-interval=-1 ! rtp{codec}pay name=pay0 pt=96 )'
    )
    role = GstRtspServer.RTSPPermissions()
    for permission in ("media.factory.access", "media.factory.construct"):
        role.add_permission_for_role("viewer", permission, True)
    made.set_permissions(role)
    return made


def main():
    Gst.init(None)
    user = sys.argv[1]
    password = sys.stdin.readline().rstrip("\n")
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    for camera in sys.argv[2:]:
        name, source = camera.split("=", 1)
        codec, clip = source.split(":", 1)
        server.get_mount_points().add_factory(f"/{name}", factory(clip, codec))
    server.attach(None)
    loop = GLib.MainLoop()

    def wait_for_end():
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=wait_for_end, daemon=True).start()
    print(server.get_bound_port(), flush=True)
    loop.run()


main()
