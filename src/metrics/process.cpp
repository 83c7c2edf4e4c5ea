#include "metrics/process.hpp"

#include <charconv>
#include <cstdint>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace iamlocal::metrics {
namespace {

/// The fields of /proc/self/stat from the third on (proc(5)), which come behind the name in parentheses.
std::vector<std::string> stat_fields() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t end = line.rfind(')');
    if (end == std::string::npos) return {};
    std::istringstream words(line.substr(end + 1));
    std::vector<std::string> fields;
    for (std::string word; words >> word;) fields.push_back(std::move(word));
    return fields;
}

std::optional<double> number(const std::vector<std::string>& fields, std::size_t number_in_manual) {
    const std::size_t at = number_in_manual - 3;
    if (at >= fields.size()) return std::nullopt;
    std::uint64_t value = 0;
    const std::string& text = fields[at];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return static_cast<double>(value);
}

/// When the machine was started, in seconds since 1970.
std::optional<double> boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("btime ")) return std::stod(line.substr(6));
    return std::nullopt;
}

std::optional<std::uint64_t> open_descriptors() {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), &::closedir);
    if (!folder) return std::nullopt;
    std::uint64_t count = 0;
    while (const dirent* const entry = ::readdir(folder.get()))
        if (entry->d_name[0] != '.') ++count;
    return count - 1;  // the folder itself is open
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void write(Text& text, std::string_view name, Type type, std::string_view help, std::optional<double> value) {
    if (!value) return;
    text.begin(name, type, help);
    text.sample({}, *value);
}

}  // namespace

void write_process(Text& text) {
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0)
        write(text, "process_cpu_seconds_total", Type::counter, "Processor time of the process, in seconds.",
              seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    const std::vector<std::string> fields = stat_fields();
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    const std::optional<double> began = number(fields, 22);
    const std::optional<double> boot = boot_time();
    if (began && boot)
        write(text, "process_start_time_seconds", Type::gauge, "When the process began, in seconds since 1970.",
              *boot + *began / ticks);
    write(text, "process_virtual_memory_bytes", Type::gauge, "Virtual memory, in bytes.", number(fields, 23));
    if (const std::optional<double> pages = number(fields, 24))
        write(text, "process_resident_memory_bytes", Type::gauge, "Resident memory, in bytes.", *pages * page);
    write(text, "process_threads", Type::gauge, "Threads of the process.", number(fields, 20));
    if (const std::optional<std::uint64_t> open = open_descriptors())
        write(text, "process_open_fds", Type::gauge, "Open file descriptors.", static_cast<double>(*open));
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        write(text, "process_max_fds", Type::gauge, "How many file descriptors may be open.",
              static_cast<double>(limit.rlim_cur));
}

}  // namespace iamlocal::metrics
