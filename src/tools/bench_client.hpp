// What the commands have in common that ask a running server for its decisions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace iamlocal::tools {

/// Where the server is.
struct Bench {
    std::string url;
    std::string ca_bundle;
};

/// Adds --endpoint and --ca-bundle.
void declare_bench(CLI::App& app, Bench& bench);
/// What was not given is from AWS_ENDPOINT_URL_IAM or AWS_ENDPOINT_URL, and AWS_CA_BUNDLE; the server else at its usual
/// address.
void complete_bench(Bench& bench, const std::vector<std::string>& environment);

/// A variable's value; empty where it is not there.
std::string find_variable(const std::vector<std::string>& environment, std::string_view name);

/// Parameters of a query string, those with an empty value left out.
using BenchQuery = std::vector<std::pair<std::string_view, std::string>>;

/// The body of an answer with status 200, as text for people: `format=text`. With `take` it is handed out as it comes.
/// Throws InputError with what the server says otherwise, or why it says nothing.
std::string ask_bench(const Bench& bench, std::string_view path, const BenchQuery& query,
                      const std::function<void(std::string_view)>& take = {});

struct BenchAnswer {
    int status = 0;
    std::string body;
};

/// Sends JSON, with "GET", "POST" or "PUT", and gives whatever the server answers. Throws InputError where it answers
/// nothing.
BenchAnswer send_bench(const Bench& bench, std::string_view method, std::string_view path, const std::string& body);
/// What the server says where it refuses.
std::string refusal_of(const BenchAnswer& answer);
/// A token or the like, as the server gave it. Throws InputError for an empty text and for one with white space or what
/// a terminal may obey.
std::string require_compact(std::string text);

}  // namespace iamlocal::tools
