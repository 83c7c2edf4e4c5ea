#include "init/scripts.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "folder.hpp"

namespace iamlocal::init {
namespace {

std::vector<std::string> names_of(const std::vector<Script>& scripts) {
    std::vector<std::string> names;
    for (const Script& script : scripts) names.push_back(script.name);
    return names;
}

TEST(Scripts, RunByNameAndAFoldersOwnFirst) {
    ScriptFolder folder;
    for (const char* name : {"ready.d/b.sh", "ready.d/a.sh", "ready.d/10.sh", "ready.d/2.py", "ready.d/sub/z.sh",
                             "ready.d/sub/deep/a.sh", "ready.d/also/c.sh", "start.d/other.sh", "readme.sh"})
        folder.add(name, "");
    EXPECT_EQ(names_of(find_scripts(folder.path(), Stage::ready)),
              (std::vector<std::string>{"10.sh", "2.py", "a.sh", "b.sh", "also/c.sh", "sub/z.sh", "sub/deep/a.sh"}));
    EXPECT_EQ(names_of(find_scripts(folder.path(), Stage::start)), std::vector<std::string>{"other.sh"});
    EXPECT_TRUE(find_scripts(folder.path(), Stage::boot).empty());
}

TEST(Scripts, PassOverWhatIsNone) {
    ScriptFolder folder;
    folder.add("ready.d/notes.txt", "");
    folder.add("ready.d/.hidden.sh", "");
    folder.add("ready.d/..data/a.sh", "");
    folder.add("elsewhere/b.sh", "");
    std::filesystem::create_directory_symlink(folder.path() / "elsewhere", folder.path() / "ready.d/linked");
    std::filesystem::create_symlink(folder.path() / "elsewhere/b.sh", folder.path() / "ready.d/c.sh");
    std::filesystem::create_symlink(folder.path() / "absent", folder.path() / "ready.d/d.sh");
    EXPECT_EQ(names_of(find_scripts(folder.path(), Stage::ready)), std::vector<std::string>{"c.sh"});
}

TEST(Scripts, EndSomewhere) {
    ScriptFolder folder;
    std::string deep = "ready.d/";
    for (int i = 0; i < 17; ++i) deep.append("x/");
    folder.add(deep + "a.sh", "");
    EXPECT_THROW((void)find_scripts(folder.path(), Stage::ready), std::runtime_error);
    for (int i = 0; i < 1001; ++i) folder.add("start.d/" + std::to_string(i) + ".sh", "");
    EXPECT_THROW((void)find_scripts(folder.path(), Stage::start), std::runtime_error);
    folder.add("boot.d", "a file");
    EXPECT_THROW((void)find_scripts(folder.path(), Stage::boot), std::runtime_error);
}

TEST(Scripts, SomeCannotBeRun) {
    ScriptFolder folder;
    EXPECT_EQ(why_not_to_run({"a.sh", folder.add("a.sh", "")}), "");
    EXPECT_EQ(why_not_to_run({"b.sh", folder.add("b.sh", "", false)}), "it is not executable");
    EXPECT_NE(why_not_to_run({"c.py", folder.add("c.py", "")}), "");
}

}  // namespace
}  // namespace iamlocal::init
