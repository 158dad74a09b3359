#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace gateway::net {

// What the service manager (systemd, Type=notify or notify-reload) is told; nothing happens where none asks
// for it
// ($NOTIFY_SOCKET).

/// It serves, or a reload is done.
void notify_ready();
/// A reload began.
void notify_reloading();
/// The process is on its way out.
void notify_stopping();
/// And takes so long at most, whatever the unit's TimeoutStopSec.
void notify_stopping(Duration limit);
/// One line for `systemctl status`.
void notify_status(std::string_view status);

/// How long the manager waits for the next notify_alive() before it takes the process for stuck; empty when
/// it doesn't.
std::optional<Duration> watchdog_limit();
void notify_alive();

}  // namespace gateway::net
