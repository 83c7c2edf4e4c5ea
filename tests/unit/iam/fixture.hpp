// Operations run as the pipeline runs them, from parameters to the members of an answer, over a store in memory.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/encoding.hpp"
#include "iam/operations.hpp"
#include "unit/api/fixture.hpp"

namespace iamlocal::iam {

inline const AccountId other_account{"444455556666"};

inline const api::Operation* find_operation(std::string_view name) {
    for (const auto& rows : operations())
        for (const api::Operation& row : rows)
            if (name == row.name) return &row;
    return nullptr;
}

/// The text of the first element of that name; nothing if there is none. `<Name/>` has the empty text.
inline std::optional<std::string> text_of(std::string_view xml, std::string_view name) {
    const std::string tag(name);
    if (xml.find("<" + tag + "/>") != std::string_view::npos) return "";
    const std::size_t start = xml.find("<" + tag + ">");
    if (start == std::string_view::npos) return std::nullopt;
    const std::size_t begin = start + tag.size() + 2;
    return std::string(xml.substr(begin, xml.find("</" + tag + ">", begin) - begin));
}

inline bool has(std::string_view xml, std::string_view name) { return text_of(xml, name).has_value(); }

/// The answer's members as XML inside `<Result>`. Throws what the operation throws.
template <class Members>
std::string run_operation(std::string_view name, const Members& members, api::Environment& env,
                          const access::Identity& caller, db::Connection& connection, Instant now,
                          const access::RequestFacts& facts, policy::Cache& cache) {
    const api::Operation* row = find_operation(name);
    if (row == nullptr) throw std::invalid_argument("no operation " + std::string(name));
    std::string body;
    for (const auto& [member, value] : members)
        body.append(percent_encode(member)).append("=").append(percent_encode(value)).append("&");
    protocol::Parameters parameters;
    if (parameters.parse("", body)) throw std::invalid_argument(body);
    api::Call call{
        .env = env, .caller = caller, .connection = connection, .now = now, .facts = facts, .policies = cache};
    std::string xml;
    protocol::AnswerWriter writer(protocol::AnswerFormat::xml, xml);
    writer.begin("Result");
    if (const auto slow = row->run(*row, call, parameters, protocol::ShowValues::no, writer)) {
        slow->work(writer);
        if (slow->has_finish()) slow->finish(call, writer);
    }
    writer.end("Result");
    return xml;
}

class IamTest : public api::ApiTest {
  protected:
    using Members = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    std::string run(std::string_view name, Members members) {
        return run_operation(name, members, env_, *caller_, *connection_, now_, facts_, cache_);
    }

    void call_as_root_of(const AccountId& owner) { caller_ = access::load_root(owner); }
    void call_as_user(const std::string& id) {
        db::Transaction tx(*connection_, db::Access::read);
        caller_ = access::load_user(tx, cache_, account, id);
    }

    /// What `use` gives, in a transaction of its own: operations have theirs.
    template <class Use>
    auto in_store(Use use) {
        db::Transaction tx(*connection_, db::Access::write);
        if constexpr (std::is_void_v<decltype(use(tx))>) {
            use(tx);
            tx.commit();
        } else {
            auto result = use(tx);
            tx.commit();
            return result;
        }
    }

    /// Makes a user of the current caller's account and gives its unique id.
    std::string create_user(std::string_view name, std::string_view path = "/") {
        return *text_of(run("CreateUser", {{"UserName", name}, {"Path", path}}), "UserId");
    }

    std::shared_ptr<const access::Identity> caller_ = access::load_root(account);
};

/// A trust policy with this Principal.
inline std::string trusting(std::string_view principal) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)" + std::string(principal) +
           R"(,"Action":"sts:AssumeRole"}]})";
}

inline std::string trusting_service() { return trusting(R"({"Service":"ec2.amazonaws.com"})"); }

}  // namespace iamlocal::iam
