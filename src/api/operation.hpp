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

#include "access/identity.hpp"
#include "access/target.hpp"
#include "api/context.hpp"
#include "aws/error.hpp"
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
    role_session = 2,    ///< of AssumeRole and its like, of AssumeRoot, and delegated ones
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
    /// Where somebody else does the work already: has him call `done` once when it is over, on any thread. False: there
    /// is nobody, and work() is to be called.
    virtual bool wait(std::function<void()> done) {
        static_cast<void>(done);
        return false;
    }
    /// On any thread, outside of all transactions; touches nothing of the worker. Writes the output, unless finish() is
    /// to do that.
    virtual void work(protocol::AnswerWriter& out) = 0;
    /// Whether finish() is to be called.
    virtual bool has_finish() const = 0;
    /// Who asks from finish() on, where work() has found that out; null: who has asked until then.
    virtual std::shared_ptr<const access::Identity> caller() const { return nullptr; }
    /// On the worker's thread again: stores what work() has made, and writes the output then. Throws ApiError. May be
    /// called again where its transaction stood in the way of another.
    virtual void finish(Call& call, protocol::AnswerWriter& out) = 0;
};

struct Operation {
    const char* name;    ///< AWS's, for example "CreateUser"
    const char* action;  ///< "iam:CreateUser"
    db::Access access;
    Credentials credentials;
    bool has_result;  ///< whether answers have a result element
    /// Whether STS's global endpoint does not know it.
    bool is_regional_only = false;
    /// Whether it reads the newest state where changes take a time to be visible.
    bool reads_newest = false;
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
    /// The same row for an operation that STS's global endpoint does not have.
    constexpr Operation regional_only() const {
        Operation row = *this;
        row.is_regional_only = true;
        return row;
    }
    /// The same row for an operation that reads what is newest: what belongs to an id that a job was given.
    constexpr Operation of_newest() const {
        Operation row = *this;
        row.reads_newest = true;
        return row;
    }
    /// The same row for an operation that has no permission of its own name.
    constexpr Operation called(const char* other_name) const {
        Operation row = *this;
        row.name = other_name;
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

/// What a handler returns whose answer takes long to compute.
template <class Output>
struct Slow {
    /// Makes the output, which is written on the same thread: any. Throws nothing but std::exception.
    std::function<Output()> work;
};

template <class Work>
auto slowly(Work work) -> Slow<std::invoke_result_t<Work&>> {
    // A std::function must be copyable, and `work` may own what is not.
    return {[work = std::make_shared<Work>(std::move(work))] { return (*work)(); }};
}

/// What a handler returns that has to store something which takes long to compute.
///
/// @tparam Resolved  what the row has looked up, if its handler takes that
template <class Output, class... Resolved>
struct SlowChange {
    std::function<void()> work;  ///< as Slow's
    /// In a second transaction, with what is there by then. The target is still the one that was decided on. It may be
    /// called again, after a rollback.
    std::function<Output(Context& ctx, Resolved&... resolved)> finish;
};

/// What a row's `prepare` returns that finds out who asks, by a token that comes with the request: from then on the
/// operation is that caller's.
struct Introduction {
    std::shared_ptr<const access::Identity> caller;  ///< null: what that takes is not there yet
    /// Has somebody call `done` when it is there, or will not be; as SlowPart::wait().
    std::function<bool(std::function<void()> done)> wait = {};
};
/// Whether a caller may still be told to wait.
enum class Introduce { or_wait, now };

/// What a row's `prepare` returns that takes long to find out who asks: by a token or an assertion that has to be
/// verified. The operation is decided on and handled after it, for who that is.
template <class Input>
struct SlowPreparation {
    /// As Slow's. Notes in the input what the rest of the row needs, and gives the caller; null: it stays the same.
    std::function<std::shared_ptr<const access::Identity>(Input& in)> work;
};

namespace detail {

/// The steps of one request that differ by operation. Without virtual functions, for which each row would have a table
/// and a type whose name is that of all its functions.
class Steps {
  public:
    /// Looks up what the request names, and names it for authorization.
    Target resolve(Context& ctx) { return resolve_(*this, ctx); }
    /// Does what the request asks for.
    void handle(Context& ctx) { handle_(*this, ctx); }

  protected:
    /// `Row` is what derives from this, and has both as resolve_row() and handle_row().
    template <class Row>
    explicit Steps(const Row* /*type*/)
        : resolve_([](Steps& steps, Context& ctx) { return static_cast<Row&>(steps).resolve_row(ctx); }),
          handle_([](Steps& steps, Context& ctx) { static_cast<Row&>(steps).handle_row(ctx); }) {}
    ~Steps() = default;

  private:
    Target (*resolve_)(Steps& steps, Context& ctx);
    void (*handle_)(Steps& steps, Context& ctx);
};

/// What comes before everything else, in a writing transaction of its own. It is committed even where that ends the
/// request; then the error is thrown.
void prepare(Call& call, const std::function<std::optional<ApiError>(Context& ctx)>& preparation);
/// What comes before a preparation that is slow or introduces the caller, in a transaction that reads.
void look_up(Call& call, const std::function<void(Context& ctx)>& lookup);
/// conduct() for somebody else than who has called.
void conduct_for(std::shared_ptr<const access::Identity> caller, const Operation& op, Call& call, Steps& steps);
/// Resolves in a short read transaction, decides outside of any, and handles in another one of the row's kind. Begins
/// again if the target has changed in between. Throws AccessDenied, and ConcurrentModification if it keeps changing.
/// `kept_target`: gets the target that was decided on, unless it is null.
void conduct(const Operation& op, Call& call, Steps& steps, Target* kept_target = nullptr);
/// Calls `change` in a further transaction of the row's kind, after deciding and resolving once more for the caller as
/// he is by now. Throws AccessDenied, and ConcurrentModification if the target is not `decided_on` any more.
void conduct_change(const Operation& op, Call& call, Steps& steps, const Target& decided_on,
                    const std::function<void(Context& ctx)>& change);

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

enum class Speed { quick, slow, slow_change };

template <class Out>
struct SlowTraits {
    static constexpr Speed speed = Speed::quick;
    using Output = Out;
};
template <class Out>
struct SlowTraits<Slow<Out>> {
    static constexpr Speed speed = Speed::slow;
    using Output = Out;
};
template <class Out, class... Resolved>
struct SlowTraits<SlowChange<Out, Resolved...>> {
    static constexpr Speed speed = Speed::slow_change;
    using Output = Out;
};

template <class Function, class In>
struct IsIntroduction : std::false_type {};
template <class In>
struct IsIntroduction<Introduction (*)(Context&, In&, Introduce), In> : std::true_type {};

template <class Function, class In>
struct IsSlowPreparation : std::false_type {};
template <class In>
struct IsSlowPreparation<SlowPreparation<In> (*)(Context&, In&), In> : std::true_type {};

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
    using Output = typename SlowTraits<Returned>::Output;
    static constexpr Speed speed = SlowTraits<Returned>::speed;

    Input in;

    StepsOf() : Steps(this) {}
    Target resolve_row(Context& ctx) {
        resolved_.emplace(resolve_input<row_resolve>(ctx, in));
        if constexpr (std::is_invocable_v<decltype(row_target), Context&, const Input&, const Resolved&>)
            return row_target(ctx, in, *resolved_);
        else
            return row_target(ctx, in);
    }
    void handle_row(Context& ctx) {
        if constexpr (std::is_void_v<Returned>)
            call(ctx);
        else
            returned_.emplace(call(ctx));
    }
    auto& returned() { return *returned_; }
    Resolved& resolved() { return *resolved_; }

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
class Computation final : public SlowPart {
  public:
    explicit Computation(Slow<Output> slow) : slow_(std::move(slow)) {}
    void work(protocol::AnswerWriter& out) override {
        // Input and output may be large: they go before the worker has to do with this again.
        const auto compute = std::exchange(slow_.work, nullptr);
        write(out, compute());
    }
    bool has_finish() const override { return false; }
    void finish(Call&, protocol::AnswerWriter&) override {}

  private:
    Slow<Output> slow_;
};

template <class Row>
class Change final : public SlowPart {
  public:
    Change(const Operation& op, std::unique_ptr<Row> steps, Target decided_on)
        : op_(op), steps_(std::move(steps)), decided_on_(std::move(decided_on)) {}
    void work(protocol::AnswerWriter&) override { change().work(); }
    bool has_finish() const override { return true; }
    void finish(Call& call, protocol::AnswerWriter& out) override {
        if constexpr (std::is_void_v<typename Row::Output>) {
            conduct_change(op_, call, *steps_, decided_on_, [this](Context& ctx) { store(ctx); });
        } else {
            std::optional<typename Row::Output> output;
            conduct_change(op_, call, *steps_, decided_on_, [&](Context& ctx) { output.emplace(store(ctx)); });
            write(out, *output);
        }
    }

  private:
    auto& change() { return steps_->returned(); }
    auto store(Context& ctx) {
        if constexpr (std::is_invocable_v<decltype(change().finish)&, Context&>)
            return change().finish(ctx);
        else
            return change().finish(ctx, steps_->resolved());
    }

    const Operation& op_;
    std::unique_ptr<Row> steps_;
    Target decided_on_;
};

/// A row whose caller has to be verified first: all of it comes after that.
template <class Row>
class Prepared final : public SlowPart {
  public:
    using Preparation = SlowPreparation<typename Row::Input>;

    Prepared(const Operation& op, std::unique_ptr<Row> steps, Preparation preparation)
        : op_(op), steps_(std::move(steps)), preparation_(std::move(preparation)) {}
    void work(protocol::AnswerWriter&) override {
        const auto verify = std::exchange(preparation_.work, nullptr);
        caller_ = verify(steps_->in);
    }
    bool has_finish() const override { return true; }
    std::shared_ptr<const access::Identity> caller() const override { return caller_; }
    void finish(Call& call, protocol::AnswerWriter& out) override {
        conduct(op_, call, *steps_);
        write(out, steps_->returned());
    }

  private:
    const Operation& op_;
    std::unique_ptr<Row> steps_;
    Preparation preparation_;
    std::shared_ptr<const access::Identity> caller_;
};

/// A row whose caller cannot be found out yet.
template <class Row, auto row_introduce>
class Awaited final : public SlowPart {
  public:
    Awaited(const Operation& op, std::unique_ptr<Row> steps, std::function<bool(std::function<void()>)> wait)
        : op_(op), steps_(std::move(steps)), wait_(std::move(wait)) {}
    bool wait(std::function<void()> done) override { return wait_(std::move(done)); }
    void work(protocol::AnswerWriter&) override {}
    bool has_finish() const override { return true; }
    void finish(Call& call, protocol::AnswerWriter& out) override {
        Introduction introduction;
        look_up(call, [&](Context& ctx) { introduction = row_introduce(ctx, steps_->in, Introduce::now); });
        conduct_for(std::move(introduction.caller), op_, call, *steps_);
        write(out, steps_->returned());
    }

  private:
    const Operation& op_;
    std::unique_ptr<Row> steps_;
    std::function<bool(std::function<void()>)> wait_;
};

/// Runs a row whose `prepare` introduces the caller.
template <class Row, auto row_introduce>
std::unique_ptr<SlowPart> run_introduced(const Operation& op, Call& call, std::unique_ptr<Row> steps,
                                         protocol::AnswerWriter& out) {
    Introduction introduction;
    look_up(call, [&](Context& ctx) { introduction = row_introduce(ctx, steps->in, Introduce::or_wait); });
    if (!introduction.caller)
        return std::make_unique<Awaited<Row, row_introduce>>(op, std::move(steps), std::move(introduction.wait));
    conduct_for(std::move(introduction.caller), op, call, *steps);
    write(out, steps->returned());
    return nullptr;
}

template <auto handler, auto target, auto resolve, auto row_prepare>
std::unique_ptr<SlowPart> run(const Operation& op, Call& call, const protocol::Parameters& parameters,
                              protocol::ShowValues show, protocol::AnswerWriter& out) {
    using Row = StepsOf<handler, target, resolve>;
    constexpr bool is_introduced =
        IsIntroduction<std::remove_const_t<decltype(row_prepare)>, typename Row::Input>::value;
    constexpr bool is_prepared_slowly = IsSlowPreparation<decltype(row_prepare), typename Row::Input>::value;
    const auto read = [&](Row& steps) {
        protocol::InputReader reader(parameters, show);
        steps.in.describe(reader);
        reader.finish();
        if constexpr (!is_introduced && !is_prepared_slowly &&
                      !std::is_null_pointer_v<std::remove_const_t<decltype(row_prepare)>>)
            prepare(call, [&](Context& ctx) { return row_prepare(ctx, steps.in); });
    };
    if constexpr (is_introduced) {
        static_assert(Row::speed == Speed::quick);
        auto steps = std::make_unique<Row>();
        read(*steps);
        return run_introduced<Row, row_prepare>(op, call, std::move(steps), out);
    } else if constexpr (is_prepared_slowly) {
        static_assert(Row::speed == Speed::quick);
        auto steps = std::make_unique<Row>();
        read(*steps);
        typename Prepared<Row>::Preparation preparation;
        look_up(call, [&](Context& ctx) { preparation = row_prepare(ctx, steps->in); });
        return std::make_unique<Prepared<Row>>(op, std::move(steps), std::move(preparation));
    } else if constexpr (Row::speed == Speed::slow_change) {
        auto steps = std::make_unique<Row>();
        read(*steps);
        Target decided_on;
        conduct(op, call, *steps, &decided_on);
        return std::make_unique<Change<Row>>(op, std::move(steps), std::move(decided_on));
    } else {
        Row steps;
        read(steps);
        conduct(op, call, steps);
        if constexpr (Row::speed == Speed::slow)
            return std::make_unique<Computation<typename Row::Output>>(std::move(steps.returned()));
        else if constexpr (!std::is_void_v<typename Row::Returned>)
            write(out, steps.returned());
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
///                 Slow<Output> or SlowChange<Output>.
/// @tparam target  `Target f(Context&, const Input&)`, or with a third parameter `const Resolved&`
/// @tparam resolve `Resolved f(Context&, const Input&)`: what the request names, looked up once for both. It must not
///                 tell whether that exists: the handler does, when the caller is known to be allowed.
/// @tparam prepare `std::optional<ApiError> f(Context&, Input&)`: what comes before all that, once a request, in a
///                 writing transaction of its own. What it writes stays, whatever becomes of the request: a wrong MFA
///                 code counts as a try. An error that it returns ends the request. Or `SlowPreparation<Input>
///                 f(Context&, Input&)`, or `Introduction f(Context&, Input&, Introduce)`; these two only read. With
///                 Introduce::now the latter finds the caller, or throws.
template <auto handler, auto target, auto resolve = nullptr, auto prepare = nullptr>
constexpr Operation operation(const char* action, db::Access access) {
    using Returned = typename detail::SlowTraits<typename detail::HandlerTraits<decltype(handler)>::Output>::Output;
    const char* name = action;
    while (*name != ':') ++name;
    return {name + 1,
            action,
            access,
            usual_credentials,
            !std::is_void_v<Returned>,
            false,
            false,
            &detail::run<handler, target, resolve, prepare>,
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
