#pragma once

namespace gateway::test {

/// Whether the gateway's program was built with a sanitizer: memory, descriptors and time are then not what
/// they are otherwise. The tests themselves may be of another build.
bool sanitized();

}  // namespace gateway::test
