// An operation of the API as one row of a table: `operation<handler, target>(action)`. What runs a row reads,
// validates, resolves, authorizes, handles and writes in this order, so no operation can leave authorization out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include "access/target.hpp"
#include "api/context.hpp"
#include "db/transaction.hpp"
#include "protocol/answer_writer.hpp"
#include "protocol/fields.hpp"
#include "protocol/input_reader.hpp"
#include "protocol/query.hpp"

namespace iamlocal::api {

using access::Target;

/// By what credentials an operation may be called; a set of flags.
enum class Credentials : unsigned {
    none = 0,            ///< anonymous: requests need no signature
    long_term = 1,       ///< access keys of users and of root
    role_session = 2,    ///< of AssumeRole and its like
    user_session = 4,    ///< of GetSessionToken
    federated_user = 8,  ///< of GetFederationToken
};
constexpr Credentials operator|(Credentials a, Credentials b) {
    return static_cast<Credentials>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
/// What nearly all operations take ("Comparing AWS STS credentials").
inline constexpr Credentials usual_credentials = Credentials::long_term | Credentials::role_session;
inline constexpr Credentials any_credentials =
    usual_credentials | Credentials::user_session | Credentials::federated_user;

/// The part of an operation that is too slow for an I/O thread.
class SlowPart {
  public:
    virtual ~SlowPart() = default;
    /// On any thread, outside of all transactions; touches nothing of the worker.
    virtual void work() = 0;
    /// On the worker's thread again: writes the output. Throws ApiError.
    virtual void finish(Call& call, protocol::AnswerWriter& out) = 0;
};

struct Operation {
    const char* name;    ///< AWS's, for example "CreateUser"
    const char* action;  ///< "iam:CreateUser"
    db::Access access;
    Credentials credentials;
    bool has_result;  ///< whether answers have a result element
    /// Runs the operation, the call's record and verdict included, and writes its output; or gives the part that is
    /// still to be done. Throws ApiError.
    std::unique_ptr<SlowPart> (*run)(const Operation& op, Call& call, const protocol::Parameters& parameters,
                                     protocol::ShowValues show, protocol::AnswerWriter& out);
    void (*describe)(protocol::Fields& fields);

    /// The same row for other callers than the usual ones.
    constexpr Operation callable_with(Credentials others) const {
        Operation row = *this;
        row.credentials = others;
        return row;
    }
    constexpr bool is_anonymous() const { return credentials == Credentials::none; }
};

/// Throws what AWS answers to credentials that are good, but not for this operation.
void require_callable(const Operation& operation, const access::Identity& caller);

/// The input of operations that have none.
struct NoInput {
    void describe(protocol::Fields&) {}
};

/// What a handler returns whose answer takes long to compute: how to compute it, and what to do with the result in a
/// transaction of its own.
template <class Output>
struct Slow {
    std::function<void()> work;  ///< on any thread; throws nothing but std::exception
    std::function<Output(Context& ctx)> finish;
};

/// `work()` makes the output.
template <class Work>
auto slowly(Work work) -> Slow<std::invoke_result_t<Work&>> {
    using Output = std::invoke_result_t<Work&>;
    auto made = std::make_shared<std::optional<Output>>();
    return {[made, work = std::make_shared<Work>(std::move(work))] { made->emplace((*work)()); },
            [made](Context&) { return std::move(**made); }};
}

namespace detail {

/// The steps of one request that differ by operation.
class Steps {
  public:
    virtual ~Steps() = default;
    /// Looks up what the request names, and names it for authorization.
    virtual Target resolve(Context& ctx) = 0;
    /// Does what the request asks for.
    virtual void handle(Context& ctx) = 0;
};

/// Resolves in a short read transaction, decides outside of any, and handles in another one of the row's kind. Begins
/// again if the target has changed in between. Throws AccessDenied, and ConcurrentModification if it keeps changing.
void conduct(const Operation& op, Call& call, Steps& steps);
/// Calls `use` in a transaction of the row's kind, and commits it.
void in_transaction(const Operation& op, Call& call, const std::function<void(Context& ctx)>& use);

/// For rows without `resolve`.
struct Unresolved {};

template <class Handler>
struct HandlerTraits;
template <class Out, class In>
struct HandlerTraits<Out (*)(Context&, const In&)> {
    using Output = Out;
    using Input = In;
};
template <class Out, class In, class Resolved>
struct HandlerTraits<Out (*)(Context&, const In&, Resolved&)> {
    using Output = Out;
    using Input = In;
};

template <class Out>
struct SlowTraits {
    static constexpr bool is_slow = false;
    using Output = Out;
};
template <class Out>
struct SlowTraits<Slow<Out>> {
    static constexpr bool is_slow = true;
    using Output = Out;
};

template <auto resolve, class In>
auto resolve_input(Context& ctx, const In& in) {
    if constexpr (std::is_null_pointer_v<std::remove_const_t<decltype(resolve)>>)
        return Unresolved{};
    else
        return resolve(ctx, in);
}

template <auto row_handler, auto row_target, auto row_resolve>
class StepsOf final : public Steps {
  public:
    using Traits = HandlerTraits<decltype(row_handler)>;
    using Input = typename Traits::Input;
    using Returned = typename Traits::Output;
    using Resolved =
        decltype(resolve_input<row_resolve, Input>(std::declval<Context&>(), std::declval<const Input&>()));
    static constexpr bool slow = SlowTraits<Returned>::is_slow;

    Input in;

    Target resolve(Context& ctx) override {
        resolved_.emplace(resolve_input<row_resolve>(ctx, in));
        if constexpr (std::is_invocable_v<decltype(row_target), Context&, const Input&, const Resolved&>)
            return row_target(ctx, in, *resolved_);
        else
            return row_target(ctx, in);
    }
    void handle(Context& ctx) override {
        if constexpr (std::is_void_v<Returned>)
            call(ctx);
        else
            returned_.emplace(call(ctx));
    }
    auto& returned() { return *returned_; }

  private:
    Returned call(Context& ctx) {
        if constexpr (std::is_invocable_v<decltype(row_handler), Context&, const Input&, Resolved&>)
            return row_handler(ctx, in, *resolved_);
        else
            return row_handler(ctx, in);
    }

    std::optional<Resolved> resolved_;
    std::optional<std::conditional_t<std::is_void_v<Returned>, std::monostate, Returned>> returned_;
};

template <class Output>
class SlowPartOf final : public SlowPart {
  public:
    SlowPartOf(const Operation& op, Slow<Output> slow) : op_(op), slow_(std::move(slow)) {}
    void work() override { slow_.work(); }
    void finish(Call& call, protocol::AnswerWriter& out) override {
        if constexpr (std::is_void_v<Output>) {
            in_transaction(op_, call, slow_.finish);
        } else {
            std::optional<Output> output;
            in_transaction(op_, call, [&](Context& ctx) { output.emplace(slow_.finish(ctx)); });
            write(out, *output);
        }
    }

  private:
    const Operation& op_;
    Slow<Output> slow_;
};

template <auto handler, auto target, auto resolve>
std::unique_ptr<SlowPart> run(const Operation& op, Call& call, const protocol::Parameters& parameters,
                              protocol::ShowValues show, protocol::AnswerWriter& out) {
    using Row = StepsOf<handler, target, resolve>;
    Row steps;
    protocol::InputReader reader(parameters, show);
    steps.in.describe(reader);
    reader.finish();
    conduct(op, call, steps);
    if constexpr (Row::slow) {
        using Output = typename SlowTraits<typename Row::Returned>::Output;
        return std::make_unique<SlowPartOf<Output>>(op, std::move(steps.returned()));
    } else {
        if constexpr (!std::is_void_v<typename Row::Returned>) write(out, steps.returned());
        return nullptr;
    }
}

template <auto handler>
void describe(protocol::Fields& fields) {
    typename HandlerTraits<decltype(handler)>::Input in;
    in.describe(fields);
}

}  // namespace detail

/// A row. `action` is the permission, "iam:CreateUser"; the name is what follows the colon.
///
/// @tparam handler `Output f(Context&, const Input&)`, or with a third parameter `Resolved&`. Its Input has
///                 `describe(protocol::Fields&)`, its Output has `write(AnswerWriter&, const Output&)`. It may return
///                 Slow<Output>.
/// @tparam target  `Target f(Context&, const Input&)`, or with a third parameter `const Resolved&`
/// @tparam resolve `Resolved f(Context&, const Input&)`: what the request names, looked up once for both. It must not
///                 tell whether that exists: the handler does, when the caller is known to be allowed.
template <auto handler, auto target, auto resolve = nullptr>
constexpr Operation operation(const char* action, db::Access access) {
    using Returned = typename detail::SlowTraits<typename detail::HandlerTraits<decltype(handler)>::Output>::Output;
    const char* name = action;
    while (*name != ':') ++name;
    return {name + 1,
            action,
            access,
            usual_credentials,
            !std::is_void_v<Returned>,
            &detail::run<handler, target, resolve>,
            &detail::describe<handler>};
}

inline constexpr db::Access reads = db::Access::read;
inline constexpr db::Access writes = db::Access::write;

/// The target of operations that act on nothing in particular.
template <class Input>
Target no_resource(Context&, const Input&) {
    return {};
}

/// The target of operations that need no permission.
template <class Input>
Target no_permission(Context&, const Input&) {
    return access::needs_no_permission();
}

}  // namespace iamlocal::api
