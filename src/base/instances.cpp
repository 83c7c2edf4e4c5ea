// Compiled without the headers that are read before all files, which say that what is made here is elsewhere.
#include "base/assertions.hpp"

#define IAMLOCAL_INSTANTIATE template
#include "base/instances.hpp"
