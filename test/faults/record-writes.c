/*
 * Preloaded into a process: writes down everything that it does to the files of one folder, in order, with the bytes.
 *
 *   RECORD_FOLDER  the folder
 *   RECORD_LOG     where to write
 *
 * One entry: a letter, the file's name, the offset and the length as text on one line, then the bytes.
 *   C created · W written · T cut to a length · S synced · D folder synced · U unlinked
 *   L linked, R renamed: the bytes are the new name
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static int log_file = -1;
static const char *folder;
static size_t folder_length;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void begin(void) {
  if (log_file >= 0 || folder) return;
  folder = getenv("RECORD_FOLDER");
  const char *path = getenv("RECORD_LOG");
  if (!folder || !path) return;
  folder_length = strlen(folder);
  log_file = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The name of a file below the folder, "." for the folder itself, or nothing. */
static const char *inside(const char *path) {
  if (!folder || strncmp(path, folder, folder_length)) return NULL;
  if (path[folder_length] == '\0') return ".";
  return path[folder_length] == '/' ? path + folder_length + 1 : NULL;
}

static const char *name_of(int file, char *space) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, space, PATH_MAX - 1);
  if (length < 0) return NULL;
  space[length] = '\0';
  return inside(space);
}

static void whole(const void *bytes, size_t length) {
  static ssize_t (*put)(int, const void *, size_t);
  if (!put) put = REAL(write);
  for (const char *at = bytes; length > 0;) {
    ssize_t done = put(log_file, at, length);
    if (done < 0) abort();
    at += done;
    length -= done;
  }
}

static void note(char what, const char *name, long long offset, const void *bytes, size_t length) {
  char line[PATH_MAX + 64];
  int size = snprintf(line, sizeof line, "%c %s %lld %zu\n", what, name, offset, length);
  whole(line, size);
  whole(bytes, length);
}

/* Entries stand in the order of what they tell: the call and its entry are one. */
#define RECORDED(file, call, entry)          \
  char space[PATH_MAX];                      \
  begin();                                   \
  if (log_file < 0) return call;             \
  const char *name = name_of(file, space);   \
  if (!name) return call;                    \
  pthread_mutex_lock(&one_at_a_time);        \
  __typeof__(call) result = call;            \
  int why = errno;                           \
  if (result >= 0) { entry; }                \
  pthread_mutex_unlock(&one_at_a_time);      \
  errno = why;                               \
  return result

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
  RECORDED(file, REAL(pwrite64)(file, bytes, length, at), note('W', name, at, bytes, result));
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
  RECORDED(file, REAL(pwrite)(file, bytes, length, at), note('W', name, at, bytes, result));
}
ssize_t write(int file, const void *bytes, size_t length) {
  RECORDED(file, REAL(write)(file, bytes, length), note('W', name, lseek(file, 0, SEEK_CUR) - result, bytes, result));
}
int ftruncate64(int file, off64_t length) {
  RECORDED(file, REAL(ftruncate64)(file, length), note('T', name, length, "", 0));
}
int ftruncate(int file, off_t length) {
  RECORDED(file, REAL(ftruncate)(file, length), note('T', name, length, "", 0));
}
int fsync(int file) {
  RECORDED(file, REAL(fsync)(file), note(strcmp(name, ".") ? 'S' : 'D', name, 0, "", 0));
}
int fdatasync(int file) {
  RECORDED(file, REAL(fdatasync)(file), note(strcmp(name, ".") ? 'S' : 'D', name, 0, "", 0));
}

int unlink(const char *path) {
  begin();
  const char *name = log_file < 0 ? NULL : inside(path);
  pthread_mutex_lock(&one_at_a_time);
  int result = REAL(unlink)(path);
  int why = errno;
  if (name && result == 0) note('U', name, 0, "", 0);
  pthread_mutex_unlock(&one_at_a_time);
  errno = why;
  return result;
}

static int named(char what, int (*real)(const char *, const char *), const char *from, const char *to) {
  begin();
  const char *name = log_file < 0 ? NULL : inside(from);
  const char *new_name = log_file < 0 ? NULL : inside(to);
  pthread_mutex_lock(&one_at_a_time);
  int result = real(from, to);
  int why = errno;
  if (name && new_name && result == 0) note(what, name, 0, new_name, strlen(new_name));
  pthread_mutex_unlock(&one_at_a_time);
  errno = why;
  return result;
}

int link(const char *from, const char *to) {
  return named('L', REAL(link), from, to);
}
int rename(const char *from, const char *to) {
  return named('R', REAL(rename), from, to);
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  begin();
  const char *name = log_file < 0 || !(flags & O_CREAT) ? NULL : inside(path);
  pthread_mutex_lock(&one_at_a_time);
  int is_new = name && access(path, F_OK) != 0;
  int result = real(path, flags, mode);
  int why = errno;
  if (result >= 0 && is_new) note('C', name, 0, "", 0);
  if (result >= 0 && name && !is_new && (flags & O_TRUNC)) note('T', name, 0, "", 0);
  pthread_mutex_unlock(&one_at_a_time);
  errno = why;
  return result;
}

#define MODE                                \
  mode_t mode = 0;                          \
  if (flags & O_CREAT) {                    \
    va_list rest;                           \
    va_start(rest, flags);                  \
    mode = va_arg(rest, mode_t);            \
    va_end(rest);                           \
  }

int open64(const char *path, int flags, ...) {
  MODE return opened(REAL(open64), path, flags, mode);
}
int open(const char *path, int flags, ...) {
  MODE return opened(REAL(open), path, flags, mode);
}
