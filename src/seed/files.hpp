// Seeds on disk.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seed/read.hpp"

namespace iamlocal::seed {

/// The files of a list of paths. Of a folder, those whose names end with `.yaml`, `.yml` or `.json`, in the order of
/// their names; not those of the folders in it. Throws Refused for what cannot be read, and for a folder without any.
[[nodiscard]] std::vector<File> load_files(std::span<const std::string> paths);

/// As ReadFile: of regular files, for nobody is to wait for a pipe.
[[nodiscard]] std::optional<std::string> read_disk(const std::string& path);

}  // namespace iamlocal::seed
