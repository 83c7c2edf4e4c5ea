// Seeds as they are sent: one text, or several in one, with the files that they name.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "seed/read.hpp"

namespace iamlocal::seed {

struct Bundle {
    std::vector<File> seeds;
    std::map<std::string, std::string, std::less<>> files;  ///< contents, by the paths that ReadFile is asked for
};

/// `{"seeds": [{"name", "text"}], "files": {path: text}}`, or one seed in YAML or JSON. Throws Refused.
[[nodiscard]] Bundle read_bundle(std::string_view body);
/// The form with `seeds`.
[[nodiscard]] std::string write_bundle(const Bundle& bundle);

}  // namespace iamlocal::seed
