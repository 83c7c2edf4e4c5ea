#include "base/service_manager.hpp"

#include <cstddef>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal {
namespace {

/// A socket as systemd has it, by its name in NOTIFY_SOCKET.
class Manager {
  public:
    explicit Manager(const std::string& name) : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, sizeof address.sun_path - 1);
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    }
    ~Manager() { ::close(descriptor_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    std::string heard() const {
        char buffer[256];
        const ssize_t size = ::recv(descriptor_, buffer, sizeof buffer, 0);
        return size < 0 ? "nothing" : std::string(buffer, static_cast<std::size_t>(size));
    }

  private:
    int descriptor_;
};

TEST(ServiceManager, IsToldAtItsPath) {
    std::string folder = testing::TempDir() + "notifyXXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/socket";
    {
        const Manager manager(path);
        EXPECT_EQ(tell_service_manager(path, "READY=1"), "");
        EXPECT_EQ(manager.heard(), "READY=1");
        EXPECT_EQ(manager.heard(), "nothing");
    }
    ::unlink(path.c_str());
    EXPECT_THAT(tell_service_manager(path, "READY=1"), testing::EndsWith("No such file or directory"));
    ::rmdir(folder.c_str());
}

TEST(ServiceManager, IsToldAtAnAbstractName) {
    const std::string name = "@iamlocal/test/" + std::to_string(::getpid());
    const Manager manager(name);
    EXPECT_EQ(tell_service_manager(name, "STOPPING=1"), "");
    EXPECT_EQ(manager.heard(), "STOPPING=1");
}

TEST(ServiceManager, WhatIsNoSocketIsSaid) {
    for (const std::string& name : {std::string(), std::string("/"), std::string("@"), std::string("run/notify"),
                                    std::string("vsock:2:1234"), "/" + std::string(200, 'x')})
        EXPECT_EQ(tell_service_manager(name, "READY=1"), "NOTIFY_SOCKET names no socket") << name;
}

TEST(ServiceManager, OneThatReadsNothingIsNotWaitedFor) {
    const std::string name = "@iamlocal/full/" + std::to_string(::getpid());
    const Manager manager(name);
    std::string fault;
    for (int i = 0; i < 10000 && fault.empty(); ++i) fault = tell_service_manager(name, "READY=1");
    EXPECT_THAT(fault, testing::EndsWith("Resource temporarily unavailable"));
}

}  // namespace
}  // namespace iamlocal
