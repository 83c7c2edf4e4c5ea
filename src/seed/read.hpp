// From the texts of seeds to what they say, together.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seed/model.hpp"
#include "tree/node.hpp"

namespace iamlocal::seed {

/// One text and how messages name it.
struct File {
    std::string name;
    std::string text;
};

/// The content of a file that a seed names; nothing where it cannot be read. `path` is seen from the same place as the
/// names of the seeds.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

/// What some seeds say. Refers to its trees.
struct Read {
    std::vector<tree::Tree> trees;
    Seed seed;
};

/// All of the files as one seed. Throws Refused for what cannot be read, for members that there are not, and for what
/// is said twice: names of one kind, without regard to case, and whatever there can be once. Safe for any bytes.
[[nodiscard]] Read read(std::span<const File> files, const ReadFile& read_file);

}  // namespace iamlocal::seed
