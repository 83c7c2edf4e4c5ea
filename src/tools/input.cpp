#include "tools/input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "policy/parse.hpp"
#include "tools/resource_policy.hpp"
#include "tools/sources.hpp"

namespace iamlocal::tools {

std::string Place::text() const { return line == 0 ? file : fmt::format("{}:{}:{}", file, line, column); }

InputError::InputError(const Place& place, std::string_view message)
    : std::runtime_error(fmt::format("{}: {}", place.text(), message)) {}

namespace {

std::string read_stream(std::istream& stream, const std::string& path, std::size_t most) {
    // One byte more than allowed tells a file that is too long, and a device that never ends. Room is made as it is
    // needed: some files may be very large, and few are.
    std::string content;
    std::size_t length = 0;
    for (std::size_t room = std::size_t{64} << 10; stream && length <= most; room *= 2) {
        content.resize(std::min(room, most + 1));
        stream.read(content.data() + length, static_cast<std::streamsize>(content.size() - length));
        length += static_cast<std::size_t>(stream.gcount());
    }
    if (stream.bad() || (stream.fail() && !stream.eof())) throw InputError({path}, "cannot be read");
    content.resize(length);
    if (content.size() > most) throw InputError({path}, fmt::format("has more than {} bytes", most));
    return content;
}

}  // namespace

std::string read_file(const std::string& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError({path}, "cannot be opened");
    return read_stream(file, path, most);
}

std::string read_input(const std::string& path, std::size_t most) {
    // Not by opening /dev/stdin: it may be a socket, as for the children of Node.js.
    return path == "-" ? read_stream(std::cin, "/dev/stdin", most) : read_file(path, most);
}

LoadedPolicy load_policy(const std::string& path, policy::DocumentKind kind, const TemplateParameters& parameters) {
    LoadedPolicy loaded{path, read_document(path, parameters), {}};
    if (kind == policy::DocumentKind::resource) loaded.text = complete_resource_policy(std::move(loaded.text));
    auto parsed = policy::parse(loaded.text, kind);
    if (const auto* error = std::get_if<policy::ParseError>(&parsed))
        throw InputError({path, error->line, error->column}, error->message);
    loaded.policy = std::make_shared<const policy::Policy>(std::move(std::get<policy::Policy>(parsed)));
    return loaded;
}

OutputError::OutputError(int error)
    : std::runtime_error(fmt::format("standard output: {}", std::generic_category().message(error))),
      hung_up_(error == EPIPE) {}

void print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw OutputError(errno);
}

int complain(std::string_view command, std::string_view message) {
    fmt::print(stderr, "iamlocal {}: {}\n", command, message);
    return exit_error;
}

}  // namespace iamlocal::tools
