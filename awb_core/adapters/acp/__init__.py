"""Any agent that speaks the Agent Client Protocol, as a workflow."""

from awb_core.adapters.acp.adapter import AcpAdapter

__all__ = ["AcpAdapter"]
