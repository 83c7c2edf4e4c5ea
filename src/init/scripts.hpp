// Scripts that somebody has put into a folder, to be run when the server starts, is ready and stops: `boot.d`,
// `start.d`, `ready.d` and `shutdown.d` in it, as LocalStack has them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::init {

enum class Stage {
    boot,      ///< before anything is opened
    start,     ///< before the server listens
    ready,     ///< it answers
    shutdown,  ///< it was told to stop and answers still
};
inline constexpr Stage stages[] = {Stage::boot, Stage::start, Stage::ready, Stage::shutdown};

/// `BOOT`, and so on.
[[nodiscard]] std::string_view name_of(Stage stage);

struct Script {
    std::string name;  ///< the path below the stage's folder: `10-users.sh`, `more/20-roles.sh`
    std::filesystem::path file;
};

/// The scripts of a stage in the order in which they run: by name, a folder's own before those of the folders in it.
/// Files that end in `.sh` or `.py` are scripts; what begins with a dot is passed over, and so are links to folders.
/// None where the stage has no folder. Throws std::runtime_error with one sentence where a folder cannot be read or has
/// more than a thousand scripts.
[[nodiscard]] std::vector<Script> find_scripts(const std::filesystem::path& folder, Stage stage);

/// Why it cannot be run at all: it is Python, which nobody here reads, or it is not executable. Empty: it can.
[[nodiscard]] std::string why_not_to_run(const Script& script);

}  // namespace iamlocal::init
