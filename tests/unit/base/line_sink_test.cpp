#include "base/line_sink.hpp"

#include <array>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal {
namespace {

using namespace std::chrono_literals;

/// Two ends of a pipe or of a pair of sockets.
class Ends {
  public:
    explicit Ends(bool sockets) {
        const int made = sockets ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) : ::pipe(ends_.data());
        EXPECT_EQ(made, 0);
    }
    ~Ends() {
        for (const int end : ends_) ::close(end);
    }
    Ends(const Ends&) = delete;
    Ends& operator=(const Ends&) = delete;

    int writer() const { return ends_[1]; }
    /// All that is there.
    std::string read() const {
        ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
        std::string all;
        char buffer[65536];
        for (ssize_t size = 0; (size = ::read(ends_[0], buffer, sizeof buffer)) > 0;)
            all.append(buffer, static_cast<std::size_t>(size));
        return all;
    }

  private:
    std::array<int, 2> ends_{};
};

class LineSinkTest : public testing::TestWithParam<bool> {
  protected:
    const FixedClock clock_{Instant(1500000000s)};
    const Ends ends_{GetParam()};
};

// Each would hang if the sink waited.

TEST_P(LineSinkTest, WritesWhatIsTaken) {
    LineSink sink(ends_.writer(), LogFormat::text, clock_);
    sink.write("one\ntwo\n");
    sink.write(std::string(20000, 'x') + "\n");
    EXPECT_EQ(ends_.read(), "one\ntwo\n" + std::string(20000, 'x') + "\n");
}

TEST_P(LineSinkTest, DropsAndCountsWhatIsNot) {
    LineSink sink(ends_.writer(), LogFormat::text, clock_);
    const std::string line = std::string(299, 'x') + "\n";
    std::string batch;
    for (int i = 0; i < 50; ++i) batch += line;
    for (int i = 0; i < 100; ++i) sink.write(batch);
    const std::string first = ends_.read();
    ASSERT_LT(first.size(), 5000 * line.size());
    sink.write("after\n");
    const std::string second = ends_.read();
    EXPECT_THAT(second, testing::EndsWith("\nafter\n"));
    EXPECT_THAT(second,
                testing::HasSubstr("2017-07-14T02:40:00.000Z warn log lines were dropped: nobody takes them count="));
    std::size_t lines = 0;
    std::istringstream all(first + second);
    for (std::string read; std::getline(all, read);) {
        if (read + "\n" == line) ++lines;
        if (const std::size_t count = read.find("count="); count != std::string::npos)
            lines += std::stoul(read.substr(count + 6));
    }
    EXPECT_EQ(lines, 5000U);
    sink.write("more\n");
    EXPECT_EQ(ends_.read(), "more\n");
}

TEST_P(LineSinkTest, LeavesTheDescriptorOfTheOthersAsItIs) {
    const int before = ::fcntl(ends_.writer(), F_GETFL);
    {
        LineSink sink(ends_.writer(), LogFormat::json, clock_);
        sink.write("one\n");
        EXPECT_EQ(::fcntl(ends_.writer(), F_GETFL), before);
    }
    EXPECT_EQ(::write(ends_.writer(), "two\n", 4), 4);
    EXPECT_EQ(ends_.read(), "one\ntwo\n");
}

INSTANTIATE_TEST_SUITE_P(To, LineSinkTest, testing::Bool(),
                         [](const auto& to) { return to.param ? "Sockets" : "Pipes"; });

}  // namespace
}  // namespace iamlocal
