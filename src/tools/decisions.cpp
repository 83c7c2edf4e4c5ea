#include "tools/decisions.hpp"

#include <fmt/format.h>

#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"

namespace iamlocal::tools {
namespace {

constexpr const char* decisions_description =
    "List the decisions of a running server, newest first; `iamlocal why ID` explains one";

constexpr const char* decisions_examples =
    "Examples:\n"
    "  iamlocal decisions --denied --since 15m\n"
    "  iamlocal decisions --follow --principal alice\n"
    "  iamlocal decisions --action 'iam:Get*' --limit 20";

/// Prints the decisions of a stream of server-sent events, each of them a line.
class Events {
  public:
    void take(std::string_view bytes) {
        pending_.append(bytes);
        for (std::size_t end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
            line(std::string_view(pending_).substr(0, end));
            pending_.erase(0, end + 1);
        }
    }

  private:
    void line(std::string_view text) {
        constexpr std::string_view event = "event: ";
        constexpr std::string_view data = "data: ";
        if (text.starts_with(event)) kind_ = text.substr(event.size());
        if (!text.starts_with(data)) return;
        if (kind_ == "decision")
            print(printable(text.substr(data.size())) + "\n");
        else
            fmt::print(stderr, "iamlocal decisions: some came too fast to be shown: {}\n",
                       printable(text.substr(data.size())));
    }

    std::string pending_;
    std::string kind_;
};

}  // namespace

int decisions(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(decisions_description, "iamlocal decisions");
        app.footer(decisions_examples);
        bool follow = false;
        bool denied = false;
        std::string principal, action, since, limit, cursor;
        Bench bench;
        app.add_flag("-f,--follow", follow, "Show those that are made from now on, until it is interrupted");
        app.add_flag("--denied", denied, "Denials only");
        app.add_option("--principal", principal, "Of this caller: an ARN, or its end, such as alice")->type_name("P");
        app.add_option("--action", action, "About this action, such as iam:Get*")->type_name("ACTION");
        app.add_option("--since", since, "A time, or how long ago, such as 15m")->type_name("TIME");
        app.add_option("--limit", limit, "How many; default: 100")->type_name("N");
        app.add_option("--cursor", cursor, "Those that follow a page, by the number at its end")->type_name("N");
        declare_bench(app, bench);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        complete_bench(bench, environment);
        if (follow && !limit.empty()) throw InputError("--follow has no --limit");
        if (follow && !cursor.empty()) throw InputError("--follow has no --cursor");
        const BenchQuery query{{"decision", denied ? "denied" : ""},
                               {"principal", principal},
                               {"action", action},
                               {"since", since},
                               {"limit", limit},
                               {"cursor", cursor}};
        if (!follow) {
            print(ask_bench(bench, "/_iamlocal/decisions", query));
            return exit_good;
        }
        Events events;
        ask_bench(bench, "/_iamlocal/decisions/stream", query, [&](std::string_view bytes) { events.take(bytes); });
        return exit_good;  // the server stops
    } catch (const InputError& error) {
        return complain("decisions", error.what());
    }
}

}  // namespace iamlocal::tools
