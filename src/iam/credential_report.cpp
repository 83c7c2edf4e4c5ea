// The credential report: a line of CSV for root and for each user. It is made when it is asked for, shown a moment
// later, and stays the same for four hours.
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "iam/access_report.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "store/account.hpp"
#include "store/credential_reports.hpp"
#include "store/password_policies.hpp"

namespace iamlocal::iam {
namespace {

using api::NoInput;
using protocol::AnswerWriter;
using store::CredentialReport;
using store::OwnedCredentials;

constexpr ErrorType report_not_present{"ReportNotPresent", 410};
constexpr ErrorType report_expired{"ReportExpired", 410};
constexpr ErrorType report_in_progress{"ReportInProgress", 404};

constexpr std::chrono::seconds report_takes{1};
constexpr std::chrono::hours report_lives{4};

constexpr std::string_view columns =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_"
    "region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated";

constexpr std::string_view not_there = "N/A";

/// One line, field by field.
class Line {
  public:
    explicit Line(std::string& out) : out_(out) { out_.push_back('\n'); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// Names may have commas.
    Line& add(std::string_view text) {
        if (!std::exchange(first_, false)) out_.push_back(',');
        if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
            out_.append(text);
            return *this;
        }
        out_.push_back('"');
        for (const char c : text) {
            if (c == '"') out_.push_back('"');
            out_.push_back(c);
        }
        out_.push_back('"');
        return *this;
    }
    Line& add(Seconds at) { return add(std::string_view(format_iso8601(at))); }
    Line& add_flag(bool value) { return add(value ? "true" : "false"); }

  private:
    std::string& out_;
    bool first_ = true;
};

void add_password(Line& line, const OwnedCredentials& owner, std::optional<std::chrono::days> max_age, bool is_root) {
    line.add_flag(owner.password_changed.has_value());
    // Nobody signs in here.
    line.add(owner.password_changed ? "no_information" : not_there);
    owner.password_changed ? line.add(*owner.password_changed) : line.add(not_there);
    if (is_root)
        line.add("not_supported");
    else if (owner.password_changed && max_age)
        line.add(*owner.password_changed + *max_age);
    else
        line.add(not_there);
}

void add_key(Line& line, const OwnedCredentials& owner, std::size_t number) {
    if (number >= owner.keys.size()) {
        line.add_flag(false).add(not_there).add(not_there).add(not_there).add(not_there);
        return;
    }
    const OwnedCredentials::Key& key = owner.keys[number];
    line.add_flag(key.active).add(key.created);
    if (key.last_used)
        line.add(key.last_used->at).add(key.last_used->region).add(key.last_used->service);
    else
        line.add(not_there).add(not_there).add(not_there);
}

void add_certificate(Line& line, const OwnedCredentials& owner, std::size_t number) {
    if (number < owner.certificates.size())
        line.add_flag(owner.certificates[number].active).add(owner.certificates[number].uploaded);
    else
        line.add_flag(false).add(not_there);
}

/// All that a report tells of, from one state of the database.
struct Credentials {
    AccountId account;
    OwnedCredentials root;
    std::vector<OwnedCredentials> users;
    std::optional<std::chrono::days> max_password_age;
};

void add_owner(std::string& out, const Credentials& all, const OwnedCredentials& owner, bool is_root) {
    Line line(out);
    line.add(is_root ? "<root_account>" : std::string_view(owner.name));
    line.add(std::string_view(is_root ? fmt::format("arn:aws:iam::{}:root", all.account.view())
                                      : arn::iam(all.account, "user", owner.path, owner.name)));
    line.add(owner.created);
    add_password(line, owner, all.max_password_age, is_root);
    line.add_flag(owner.has_mfa);
    for (const std::size_t number : {0, 1}) add_key(line, owner, number);
    for (const std::size_t number : {0, 1}) add_certificate(line, owner, number);
}

std::string to_csv(const Credentials& all) {
    std::string out(columns);
    add_owner(out, all, all.root, true);
    for (const OwnedCredentials& user : all.users) add_owner(out, all, user, false);
    return out;
}

/// Uses that are not in the database yet.
void add_noted_uses(Context& ctx, OwnedCredentials& owner) {
    for (OwnedCredentials::Key& key : owner.keys)
        if (auto noted = ctx.env.usage.find_key(key.id)) key.last_used = std::move(noted);
}

Credentials load_credentials(Context& ctx) {
    Credentials all;
    all.account = ctx.account();
    all.users = store::credential_reports::users(ctx.tx, ctx.account());
    all.root = store::credential_reports::root(ctx.tx, ctx.account());
    all.root.created = store::account::created(ctx.tx, ctx.account()).value_or(ctx.second());
    add_noted_uses(ctx, all.root);
    for (OwnedCredentials& user : all.users) add_noted_uses(ctx, user);
    if (const auto policy = store::password_policies::find(ctx.tx, ctx.account()); policy && policy->max_age)
        all.max_password_age = std::chrono::days(*policy->max_age);
    return all;
}

enum class State { none, pending, complete, expired };

State state_of(const Context& ctx, const std::optional<CredentialReport>& report) {
    if (!report) return State::none;
    if (ctx.now < report->requested + report_takes) return State::pending;
    return ctx.now < report->requested + report_lives ? State::complete : State::expired;
}

// GenerateCredentialReport

struct GenerateCredentialReportOutput {
    std::string_view state;
    std::string_view description;
};

void write(AnswerWriter& out, const GenerateCredentialReportOutput& output) {
    out.text("State", output.state);
    if (!output.description.empty()) out.text("Description", output.description);
}

/// What is known without making a report; nothing where one is to be made.
std::optional<GenerateCredentialReportOutput> find_report(Context& ctx) {
    switch (state_of(ctx, store::credential_reports::find(ctx.tx, ctx.account()))) {
        case State::pending:
            return GenerateCredentialReportOutput{"INPROGRESS", {}};
        case State::complete:
            return GenerateCredentialReportOutput{"COMPLETE", {}};
        case State::none:
        case State::expired:
            break;
    }
    return std::nullopt;
}

api::SlowChange<GenerateCredentialReportOutput> generate_credential_report(Context& ctx, const NoInput&) {
    if (find_report(ctx))
        return {[] {},
                [](Context& later) {
                    if (const auto known = find_report(later)) return *known;
                    throw api::concurrent_modification();  // a reset came in between
                }};
    struct Making {
        Credentials credentials;
        std::string csv;
    };
    auto making = std::make_shared<Making>(Making{load_credentials(ctx), {}});
    return {
        [making] { making->csv = to_csv(making->credentials); },
        [making](Context& later) {
            // Another request may have been faster.
            if (const auto known = find_report(later)) return *known;
            store::credential_reports::replace(later.tx, later.account(), {later.now, making->csv});
            return GenerateCredentialReportOutput{"STARTED", "No report exists. Starting a new report generation task"};
        }};
}

// GetCredentialReport

struct GetCredentialReportOutput {
    std::string content;
    Seconds generated{};
};

void write(AnswerWriter& out, const GetCredentialReportOutput& output) {
    out.text("Content", base64_encode(as_bytes(output.content)));
    out.text("ReportFormat", "text/csv");
    out.time("GeneratedTime", output.generated);
}

/// The first two of these errors have no message, as with AWS.
GetCredentialReportOutput get_credential_report(Context& ctx, const NoInput&) {
    std::optional<CredentialReport> report = store::credential_reports::find(ctx.tx, ctx.account());
    switch (state_of(ctx, report)) {
        case State::none:
            throw ApiError(report_not_present, {});
        case State::pending:
            throw ApiError(report_in_progress, {});
        case State::expired:
            throw ApiError(report_expired,
                           "The most recent credential report has expired. To generate a new credential report, use "
                           "GenerateCredentialReport.");
        case State::complete:
            break;
    }
    return {std::move(report->content), std::chrono::floor<std::chrono::seconds>(report->requested + report_takes)};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> credential_report_operations() {
    static constexpr api::Operation rows[] = {
        operation<generate_credential_report, api::no_resource<NoInput>>("iam:GenerateCredentialReport", writes),
        operation<get_credential_report, api::no_resource<NoInput>>("iam:GetCredentialReport", reads).of_newest(),
    };
    return rows;
}

}  // namespace iamlocal::iam
