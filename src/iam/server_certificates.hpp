// What is checked of a server certificate, beside its private key and its dates.
#pragma once

#include <string_view>

#include "base/x509.hpp"

namespace iamlocal::iam {

/// Throws MalformedCertificate unless each certificate of the chain certifies the one before it, the first one
/// `certificate`. Signatures of a long chain take their time.
void require_certificate_chain(const Certificate& certificate, std::string_view chain);

}  // namespace iamlocal::iam
