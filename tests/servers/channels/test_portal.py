"""The portal keeps the channels' promises."""

from orderwire.channels.portal import Portal, PortalConfig
from orderwire.testing.channels import ChannelConformance


class TestConformance(ChannelConformance):
    channel = Portal()

    def config(self) -> PortalConfig:
        return PortalConfig()

    def unreachable(self) -> None:
        return None

    def arrived(self) -> None:
        return None
