#include "jobs/pool.hpp"

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::jobs {
namespace {

using testing::ElementsAre;

/// Tells what became of it, once.
class Noted final : public Job {
  public:
    explicit Noted(std::function<void()> work = [] {}) : work_(std::move(work)) {}

    void run() override {
        ran_on_ = std::this_thread::get_id();
        work_();
    }
    void done(std::exception_ptr failure) noexcept override {
        failure_ = std::move(failure);
        end("done");
    }
    void dropped() noexcept override { end("dropped"); }

    /// `done`, `dropped`, or what the work threw. Waits for it.
    std::string outcome() {
        ended_.wait();
        if (!failure_) return how_;
        try {
            std::rethrow_exception(failure_);
        } catch (const std::exception& error) {
            return error.what();
        }
    }
    std::thread::id ran_on() const { return ran_on_; }
    unsigned ends() const { return ends_; }

  private:
    void end(const char* how) {
        how_ = how;
        ++ends_;
        ended_.count_down();
    }

    std::function<void()> work_;
    std::exception_ptr failure_;
    std::string how_;
    std::thread::id ran_on_;
    std::atomic<unsigned> ends_{0};
    std::latch ended_{1};
};

/// Keeps a thread of the pool busy until it is let go.
class Blocker {
  public:
    explicit Blocker(Pool& pool) {
        EXPECT_TRUE(pool.submit(job_));
        running_.wait();
    }
    void let_go() {
        go_on_.count_down();
        job_.outcome();
    }

  private:
    std::latch running_{1};
    std::latch go_on_{1};
    Noted job_{[this] {
        running_.count_down();
        go_on_.wait();
    }};
};

TEST(Pool, RunsJobsOnThreadsOfItsOwn) {
    Pool pool(2, 10);
    Noted job;
    ASSERT_TRUE(pool.submit(job));
    EXPECT_EQ(job.outcome(), "done");
    EXPECT_NE(job.ran_on(), std::this_thread::get_id());
}

TEST(Pool, RunsAsManyAtATimeAsItHasThreads) {
    Pool pool(3, 0);
    std::latch all_run(3);
    std::vector<std::unique_ptr<Noted>> jobs;
    for (int i = 0; i < 3; ++i) {
        jobs.push_back(std::make_unique<Noted>([&] { all_run.arrive_and_wait(); }));
        ASSERT_TRUE(pool.submit(*jobs.back()));
    }
    for (const auto& job : jobs) EXPECT_EQ(job->outcome(), "done");
}

TEST(Pool, RunsThemInTheOrderInWhichTheyCame) {
    Pool pool(1, 10);
    std::vector<int> order;
    Blocker blocker(pool);
    std::vector<std::unique_ptr<Noted>> jobs;
    for (int i = 0; i < 5; ++i) {
        jobs.push_back(std::make_unique<Noted>([&order, i] { order.push_back(i); }));
        ASSERT_TRUE(pool.submit(*jobs.back()));
    }
    blocker.let_go();
    for (const auto& job : jobs) EXPECT_EQ(job->outcome(), "done");
    EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Pool, HandsOverWhatAJobThrowsAndGoesOn) {
    Pool pool(1, 10);
    Noted fails([] { throw std::runtime_error("no such key"); });
    ASSERT_TRUE(pool.submit(fails));
    EXPECT_EQ(fails.outcome(), "no such key");
    Noted next;
    ASSERT_TRUE(pool.submit(next));
    EXPECT_EQ(next.outcome(), "done");
}

TEST(Pool, RefusesWhatItsQueueHasNoRoomFor) {
    Pool pool(1, 2);
    Blocker blocker(pool);
    Noted first;
    Noted second;
    Noted third;
    EXPECT_TRUE(pool.submit(first));
    EXPECT_TRUE(pool.submit(second));
    EXPECT_FALSE(pool.submit(third));
    blocker.let_go();
    EXPECT_EQ(first.outcome(), "done");
    EXPECT_EQ(second.outcome(), "done");
    EXPECT_EQ(third.ends(), 0u);
}

TEST(Pool, DropsWhatWaitsWhenItIsClosedAndFinishesWhatRuns) {
    auto pool = std::make_unique<Pool>(1, 10);
    Blocker blocker(*pool);
    Noted waiting;
    Noted late;
    ASSERT_TRUE(pool->submit(waiting));
    pool->close();
    EXPECT_EQ(waiting.outcome(), "dropped");
    EXPECT_FALSE(pool->submit(late));
    pool->close();
    blocker.let_go();
    pool.reset();
    EXPECT_EQ(waiting.ends(), 1u);
    EXPECT_EQ(late.ends(), 0u);
}

TEST(Pool, ItsEndWaitsForTheJobThatIsRunning) {
    auto pool = std::make_unique<Pool>(1, 10);
    std::latch running(1);
    std::atomic<bool> closed{false};
    Noted job([&] {
        running.count_down();
        closed.wait(false);
    });
    Noted waiting;
    ASSERT_TRUE(pool->submit(job));
    ASSERT_TRUE(pool->submit(waiting));
    running.wait();
    std::thread ends([&] { pool.reset(); });
    EXPECT_EQ(waiting.outcome(), "dropped");  // so the end has begun
    EXPECT_EQ(job.ends(), 0u);
    closed = true;
    closed.notify_all();
    ends.join();
    EXPECT_EQ(job.ends(), 1u);
}

TEST(Pool, EveryJobOfManyThreadsEndsOnce) {
    constexpr int submitters = 4;
    constexpr int each = 500;
    std::atomic<unsigned> ran{0};
    std::vector<std::unique_ptr<Noted>> jobs(submitters * each);
    std::atomic<unsigned> accepted{0};
    {
        Pool pool(3, 50);
        // One at least is done before the pool ends, however fast the others come.
        jobs.push_back(std::make_unique<Noted>([&] { ++ran; }));
        ASSERT_TRUE(pool.submit(*jobs.back()));
        ++accepted;
        jobs.back()->outcome();
        std::vector<std::thread> threads;
        for (int t = 0; t < submitters; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < each; ++i) {
                    auto& job = jobs[static_cast<std::size_t>(t * each + i)];
                    job = std::make_unique<Noted>([&] { ++ran; });
                    if (pool.submit(*job)) ++accepted;
                }
            });
        for (std::thread& thread : threads) thread.join();
    }
    unsigned done = 0;
    unsigned dropped = 0;
    for (const auto& job : jobs) {
        ASSERT_LE(job->ends(), 1u);
        if (job->ends() == 0) continue;
        ++(job->outcome() == "done" ? done : dropped);
    }
    EXPECT_EQ(done, ran);
    EXPECT_EQ(done + dropped, accepted);
    EXPECT_GT(done, 0u);
}

}  // namespace
}  // namespace iamlocal::jobs
