#pragma once

namespace voxprior {

/// Prepares this process for DCMTK's network layer, once; every function of this folder that needs it calls it.
///
/// TCP_NODELAY=1 is put into the environment unless it is there: without it each C-STORE waits 40 ms for a delayed
/// acknowledgement. The log is silenced, because it quotes values that may be a patient's. Host names are not looked up
/// for addresses that call, which could block on a name server.
void prepare_dcmtk_network();

}  // namespace voxprior
