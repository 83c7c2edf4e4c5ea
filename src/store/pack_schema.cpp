// A program of the build: `pack_schema FILE` does all steps and writes what finished_schema.cpp takes in.
#include <fstream>

#include "db/finished_schema.hpp"
#include "store/migrations.hpp"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    std::ofstream file(argv[1], std::ios::binary);
    file << iamlocal::db::pack_schema(iamlocal::store::migrations());
    return file.flush() ? 0 : 1;
}
