// What several tests of the pipeline send.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

namespace iamlocal::app {

inline const std::string job_id = "00000000-0000-0000-0000-000000000000";

/// Somebody who issues assertions, in more than the thousand characters that there must be.
inline const std::string metadata =
    R"(<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="i"><IDPSSODescriptor/></EntityDescriptor>)" +
    std::string(1000, '\n');

/// A file of tests/support/certificates.
inline std::string sample(const std::string& name) {
    std::ifstream file(IAMLOCAL_SOURCE_DIR "/tests/support/certificates/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace iamlocal::app
