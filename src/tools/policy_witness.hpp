// Requests that show something, as `iamlocal policy` prints them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "analysis/model.hpp"
#include "analysis/witness.hpp"

namespace iamlocal::tools {

/// `s3:GetObject on arn:… by arn:… with aws:SourceIp=10.0.0.1`. The caller where the document names principals; of the
/// context what does not follow from the caller.
[[nodiscard]] std::string witness_text(const analysis::Witness& witness, const analysis::Model& model);

/// `{"action", "resource", "principal", "context": {key: value or list}}`, likewise.
[[nodiscard]] nlohmann::ordered_json witness_json(const analysis::Witness& witness, const analysis::Model& model);

}  // namespace iamlocal::tools
