/* privilege.c - turning into another user, once and for good.  Called between fork and exec of a
 * child of the supervisor, and nowhere else; the caller exits when anything here fails.
 *
 * The order is the point.  The bounding set goes first, while CAP_SETPCAP is still there; then
 * groups, group and user, because the user takes the right to change the rest with it; then the
 * capabilities that the change of user left over.  At the end everything is read back from the
 * kernel, and climbing back is tried: what was meant counts for nothing. */
#include "os/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct capabilities {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

static uint64_t capability_bit(int capability)
{
	return capability < 0 ? 0 : UINT64_C(1) << capability;
}

static int capabilities_get(struct capabilities *ret_sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0) {
		return -errno;
	}
	*ret_sets = (struct capabilities){
		.effective = data[0].effective | (uint64_t)data[1].effective << 32,
		.permitted = data[0].permitted | (uint64_t)data[1].permitted << 32,
		.inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32,
	};
	return 0;
}

/* All three sets become `set`. */
static int capabilities_set(uint64_t set)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	uint32_t low = (uint32_t)set;
	uint32_t high = (uint32_t)(set >> 32);
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ .effective = low, .permitted = low, .inheritable = low },
		{ .effective = high, .permitted = high, .inheritable = high },
	};

	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

bool privilege_has(int capability)
{
	struct capabilities sets;

	return capabilities_get(&sets) == 0 && (sets.effective & capability_bit(capability)) != 0;
}

bool privilege_is_root(void)
{
	return privilege_has(CAP_SETUID) && privilege_has(CAP_SETGID);
}

static bool holds_group(const struct identity *identity, gid_t group)
{
	for (size_t i = 0; i < identity->group_count; i++) {
		if (identity->groups[i] == group) {
			return true;
		}
	}
	return false;
}

static bool same_groups(const struct identity *a, const struct identity *b)
{
	for (size_t i = 0; i < a->group_count; i++) {
		if (!holds_group(b, a->groups[i])) {
			return false;
		}
	}
	for (size_t i = 0; i < b->group_count; i++) {
		if (!holds_group(a, b->groups[i])) {
			return false;
		}
	}
	return true;
}

int identity_current(struct identity *ret_identity)
{
	struct identity identity = { .user = geteuid(), .group = getegid() };
	int count;

	/* One place stays for the primary group, which the kernel need not list. */
	count = getgroups(GROUPS_MAX - 1, identity.groups);
	if (count < 0) {
		return errno == EINVAL ? -E2BIG : -errno;
	}
	identity.group_count = (size_t)count;
	if (!holds_group(&identity, identity.group)) {
		identity.groups[identity.group_count++] = identity.group;
	}
	*ret_identity = identity;
	return 0;
}

/* Real, effective and saved user and group, and the supplementary groups, are those and no other.
 */
static int prove_identity(const struct identity *wanted)
{
	struct identity current;
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;
	int r;

	if (getresuid(&real, &effective, &saved) < 0 || getresgid(&real_group, &effective_group, &saved_group) < 0) {
		return -errno;
	}
	if (real != wanted->user || effective != wanted->user || saved != wanted->user || real_group != wanted->group ||
	    effective_group != wanted->group || saved_group != wanted->group) {
		return -EPERM;
	}
	r = identity_current(&current);
	if (r < 0) {
		return r;
	}
	return same_groups(wanted, &current) ? 0 : -EPERM;
}

/* 1 or 0: may this capability ever come back?  -EINVAL behind the last one that the kernel knows.
 */
static int is_in_bounding_set(int capability)
{
	int bounded = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);

	return bounded < 0 ? -errno : bounded;
}

static int drop_bounding_set(uint64_t keep)
{
	int bounded;

	for (int capability = 0; (bounded = is_in_bounding_set(capability)) >= 0; capability++) {
		if (bounded == 1 && (keep & capability_bit(capability)) == 0 &&
		    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) {
			return -errno;
		}
	}
	return bounded == -EINVAL ? 0 : bounded;
}

static int change_user(const struct identity *identity, uint64_t keep)
{
	int r;

	r = drop_bounding_set(keep);
	if (r < 0) {
		return r;
	}
	if (keep != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) {
		return -errno;
	}
	if (setgroups(identity->group_count, identity->groups) < 0 ||
	    setresgid(identity->group, identity->group, identity->group) < 0 ||
	    setresuid(identity->user, identity->user, identity->user) < 0 || prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0) {
		return -errno;
	}
	return 0;
}

static int drop_capabilities(int keep_capability)
{
	int r;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) {
		return -errno;
	}
	r = capabilities_set(capability_bit(keep_capability));
	if (r < 0) {
		return r;
	}
	if (keep_capability >= 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, keep_capability, 0, 0) < 0) {
		return -errno;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int prove_bounding_and_ambient_sets(uint64_t keep, bool was_root)
{
	int bounded;

	for (int capability = 0; (bounded = is_in_bounding_set(capability)) >= 0; capability++) {
		int wanted = (keep & capability_bit(capability)) != 0;

		if ((was_root && bounded != wanted) ||
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) != wanted) {
			return -EPERM;
		}
	}
	return bounded == -EINVAL ? 0 : bounded;
}

static int prove_capabilities(uint64_t keep, bool was_root)
{
	struct capabilities sets;
	int r;

	r = capabilities_get(&sets);
	if (r < 0) {
		return r;
	}
	if (sets.effective != keep || sets.permitted != keep || sets.inheritable != keep ||
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
		return -EPERM;
	}
	return prove_bounding_and_ambient_sets(keep, was_root);
}

/* Each of these must fail now, or we are not who we ought to be. */
static bool can_climb_back(const struct identity *identity, uint64_t keep)
{
	return (identity->user != 0 && setresuid((uid_t)-1, 0, (uid_t)-1) == 0) ||
	       (identity->group != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0) || setgroups(0, NULL) == 0 ||
	       capabilities_set(keep | capability_bit(CAP_SETUID)) == 0;
}

int privilege_become(const struct identity *identity, int keep_capability)
{
	uint64_t keep = capability_bit(keep_capability);
	bool root = privilege_is_root();
	int r;

	r = root ? change_user(identity, keep) : prove_identity(identity);
	if (r < 0) {
		return r;
	}
	r = drop_capabilities(keep_capability);
	if (r < 0) {
		return r;
	}
	r = prove_identity(identity);
	if (r < 0) {
		return r;
	}
	r = prove_capabilities(keep, root);
	if (r < 0) {
		return r;
	}
	return can_climb_back(identity, keep) ? -EPERM : 0;
}
