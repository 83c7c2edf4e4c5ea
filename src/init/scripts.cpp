#include "init/scripts.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace iamlocal::init {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_scripts = 1000;
constexpr int most_levels = 16;

std::string_view folder_of(Stage stage) {
    switch (stage) {
        case Stage::boot:
            return "boot.d";
        case Stage::start:
            return "start.d";
        case Stage::ready:
            return "ready.d";
        case Stage::shutdown:
            return "shutdown.d";
    }
    return "";
}

[[noreturn]] void fail(const fs::path& folder, std::string_view why) {
    throw std::runtime_error(fmt::format("The init scripts in '{}' cannot be read: {}.", folder.string(), why));
}

void add_scripts(std::vector<Script>& scripts, const fs::path& folder, const std::string& prefix, int level) {
    if (level == most_levels) fail(folder, "it is too deep");
    std::vector<std::string> folders;
    std::vector<std::string> files;
    try {
        for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with('.')) continue;
            if (entry.is_directory() && !entry.is_symlink()) {
                folders.push_back(name);
            } else if ((name.ends_with(".sh") || name.ends_with(".py")) && entry.is_regular_file()) {
                files.push_back(name);
            }
        }
    } catch (const fs::filesystem_error& error) {
        fail(folder, error.code().message());
    }
    std::sort(files.begin(), files.end());
    std::sort(folders.begin(), folders.end());
    for (const std::string& file : files) scripts.push_back({prefix + file, folder / file});
    if (scripts.size() > most_scripts) fail(folder, "there are too many");
    for (const std::string& name : folders) add_scripts(scripts, folder / name, prefix + name + "/", level + 1);
}

}  // namespace

std::string_view name_of(Stage stage) {
    switch (stage) {
        case Stage::boot:
            return "BOOT";
        case Stage::start:
            return "START";
        case Stage::ready:
            return "READY";
        case Stage::shutdown:
            return "SHUTDOWN";
    }
    return "";
}

std::vector<Script> find_scripts(const fs::path& folder, Stage stage) {
    std::vector<Script> scripts;
    std::error_code error;
    const fs::path of_stage = folder / folder_of(stage);
    if (!fs::exists(of_stage, error)) {
        if (error) fail(of_stage, error.message());
        return scripts;
    }
    add_scripts(scripts, of_stage, "", 0);
    return scripts;
}

std::string why_not_to_run(const Script& script) {
    if (script.name.ends_with(".py")) return "Python is not run here, only executable files that end in .sh are";
    if (::access(script.file.c_str(), X_OK) != 0) return "it is not executable";
    return {};
}

}  // namespace iamlocal::init
