// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in debugfs, below winpar_sim/: how they are opened, read and written.
 * What the text files say and do is in knobs.c; docs/sim.md is the manual.
 *
 *	add, remove		make a port, take a port away
 *	touched			how often registers of removed ports were used
 *	parportN/		files about a port, and its end-of-chain device
 *	parportN/daisyM/	files about a daisy-chain device
 *
 * A port's folder stands from sim_debugfs_add() to sim_debugfs_remove(),
 * whichever devices are connected; a file whose device is not there says
 * ENODEV. A write to a file that removed its own folder would wait for itself,
 * which is why "remove" is not in the port's folder.
 *
 * Locking: a file's read or write takes the port's mutex, then the port's lock
 * while it copies. Folders come and go under sim_mutex, which main.c holds.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <winpar/softport.h>

#include "connect.h"
#include "debugfs.h"
#include "knobs.h"
#include "lock.h"
#include "port.h"

/* A device ID, each byte of it as \xHH. */
#define SIM_TEXT_MAX	(4 * SIM_ID_MAX + 2)

/**
 * struct sim_file - one file in a port's folder
 * @port: the port
 * @seat: the device that the file is about
 * @knob: what the file shows and does
 */
struct sim_file {
	struct sim_port *port;
	u8 seat;
	const struct sim_knob *knob;
};

/* Make a port, and remove one: main.c's functions, from sim_debugfs_init(). */
static int (*sim_add)(const struct sim_config *config);
static int (*sim_remove)(const char *name);

static struct dentry *sim_dir, *sim_add_file, *sim_remove_file;

/* The device that the file is about, or NULL. */
static struct sim_peripheral *sim_file_device(const struct sim_file *file)
{
	lockdep_assert_held(&file->port->mutex);
	return file->seat == SIM_SEAT_END ?
		file->port->cable.end : file->port->cable.member[file->seat].dev;
}

/* ----- text files -------------------------------------------------------- */

static int sim_knob_show(struct seq_file *m, void *unused)
{
	struct sim_file *file = m->private;
	struct sim_peripheral *dev;
	int ret = 0;

	mutex_lock(&file->port->mutex);
	dev = sim_file_device(file);
	if (dev || file->knob->no_device)
		file->knob->show(m, file->port, dev);
	else
		ret = -ENODEV;
	mutex_unlock(&file->port->mutex);
	return ret;
}

static int sim_knob_open(struct inode *inode, struct file *f)
{
	struct sim_file *file = inode->i_private;

	if (f->f_mode & FMODE_READ && !file->knob->show)
		return -EACCES;
	return single_open(f, sim_knob_show, file);
}

static ssize_t sim_knob_write(struct file *f, const char __user *buf,
			      size_t len, loff_t *ppos)
{
	struct sim_file *file = file_inode(f)->i_private;
	struct sim_peripheral *dev;
	char *text;
	int ret;

	if (!file->knob->store)
		return -EACCES;
	if (len > SIM_TEXT_MAX)
		return -EINVAL;
	text = memdup_user_nul(buf, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	mutex_lock(&file->port->mutex);
	dev = sim_file_device(file);
	ret = dev || file->knob->no_device ?
		file->knob->store(file->port, dev, strim(text)) : -ENODEV;
	mutex_unlock(&file->port->mutex);
	kfree(text);
	return ret ? : len;
}

static const struct file_operations sim_knob_fops = {
	.owner = THIS_MODULE,
	.open = sim_knob_open,
	.read = seq_read,
	.write = sim_knob_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/* The calls in connect.c take the mutex: they allocate and free devices. */
static ssize_t sim_connect_write(struct file *f, const char __user *buf,
				 size_t len, loff_t *ppos)
{
	struct sim_file *file = file_inode(f)->i_private;
	char *text, *name;
	int ret;

	if (len > PAGE_SIZE)
		return -EINVAL;
	text = memdup_user_nul(buf, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	name = strim(text);
	ret = strcmp(file->knob->name, "daisy") ?
		sim_connect_end(file->port, name) :
		sim_connect_chain(file->port, name);
	kfree(text);
	return ret ? : len;
}

static const struct file_operations sim_connect_fops = {
	.owner = THIS_MODULE,
	.open = sim_knob_open,
	.read = seq_read,
	.write = sim_connect_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/* ----- bytes ------------------------------------------------------------- */

/* Copy the bytes that the device received, from number @at on, into @buf. */
static unsigned int sim_received_copy(struct sim_peripheral *dev, loff_t at,
				      u8 *buf, unsigned int len)
{
	struct sim_ring *ring = &dev->received;
	unsigned long flags = sim_port_lock(dev->port);
	unsigned long from = ring->tail + at;
	unsigned int done = 0;

	while (done < len && at + done < ring->head - ring->tail) {
		buf[done] = ring->buf[(from + done) & (ring->size - 1)];
		done++;
	}
	sim_port_unlock(dev->port, flags);
	return done;
}

static ssize_t sim_received_read(struct file *f, char __user *buf, size_t len,
				 loff_t *ppos)
{
	struct sim_file *file = file_inode(f)->i_private;
	struct sim_peripheral *dev;
	ssize_t ret = -ENODEV;
	u8 *bounce;

	len = min_t(size_t, len, PAGE_SIZE);
	bounce = kmalloc(len, GFP_KERNEL);
	if (!bounce)
		return -ENOMEM;
	mutex_lock(&file->port->mutex);
	dev = sim_file_device(file);
	if (dev)
		ret = sim_received_copy(dev, *ppos, bounce, len);
	mutex_unlock(&file->port->mutex);
	if (ret > 0 && copy_to_user(buf, bounce, ret))
		ret = -EFAULT;
	if (ret > 0)
		*ppos += ret;
	kfree(bounce);
	return ret;
}

/* Any text that is written makes the device forget the bytes that it received. */
static ssize_t sim_received_write(struct file *f, const char __user *buf,
				  size_t len, loff_t *ppos)
{
	struct sim_file *file = file_inode(f)->i_private;
	struct sim_peripheral *dev;
	unsigned long flags;

	mutex_lock(&file->port->mutex);
	dev = sim_file_device(file);
	if (dev) {
		flags = sim_port_lock(file->port);
		dev->received.tail = dev->received.head;
		sim_port_unlock(file->port, flags);
	}
	mutex_unlock(&file->port->mutex);
	return dev ? len : -ENODEV;
}

static const struct file_operations sim_received_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = sim_received_read,
	.write = sim_received_write,
	.llseek = default_llseek,
};

static ssize_t sim_feed_write(struct file *f, const char __user *buf,
			      size_t len, loff_t *ppos)
{
	struct sim_file *file = file_inode(f)->i_private;
	struct sim_peripheral *dev;
	ssize_t ret = -ENODEV;
	unsigned long flags;
	u8 *bounce;

	len = min_t(size_t, len, PAGE_SIZE);
	bounce = memdup_user(buf, len);
	if (IS_ERR(bounce))
		return PTR_ERR(bounce);
	mutex_lock(&file->port->mutex);
	dev = sim_file_device(file);
	if (dev) {
		flags = sim_port_lock(file->port);
		ret = __sim_connect_feed(dev, bounce, len) ? : -ENOSPC;
		sim_port_unlock(file->port, flags);
	}
	mutex_unlock(&file->port->mutex);
	kfree(bounce);
	return ret;
}

static const struct file_operations sim_feed_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = sim_feed_write,
	.llseek = noop_llseek,
};

/* ----- registers --------------------------------------------------------- */

/*
 * As with /dev/port, the offset in the file is that of the register; a read or
 * write of 1, 2 or 4 bytes is one access.
 */
static bool sim_register_width(size_t len)
{
	return len == 1 || len == 2 || len == 4;
}

static ssize_t sim_registers_read(struct file *f, char __user *buf, size_t len,
				  loff_t *ppos)
{
	struct sim_file *file = file_inode(f)->i_private;
	struct parport *parport = file->port->parport;
	__le32 value;

	if (!sim_register_width(len) || *ppos >= WINPAR_SOFTPORT_SPAN)
		return -EINVAL;
	value = cpu_to_le32(winpar_softport(parport)->read(parport, *ppos, len));
	if (copy_to_user(buf, &value, len))
		return -EFAULT;
	*ppos += len;
	return len;
}

static ssize_t sim_registers_write(struct file *f, const char __user *buf,
				   size_t len, loff_t *ppos)
{
	struct sim_file *file = file_inode(f)->i_private;
	struct parport *parport = file->port->parport;
	__le32 value = 0;

	if (!sim_register_width(len) || *ppos >= WINPAR_SOFTPORT_SPAN)
		return -EINVAL;
	if (copy_from_user(&value, buf, len))
		return -EFAULT;
	winpar_softport(parport)->write(parport, *ppos, len,
					le32_to_cpu(value));
	*ppos += len;
	return len;
}

static const struct file_operations sim_registers_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = sim_registers_read,
	.write = sim_registers_write,
	.llseek = default_llseek,
};

/* ----- folders ----------------------------------------------------------- */

static const struct file_operations *const sim_access[] = {
	[SIM_TEXT] = &sim_knob_fops,
	[SIM_CONNECT] = &sim_connect_fops,
	[SIM_RECEIVED] = &sim_received_fops,
	[SIM_FEED] = &sim_feed_fops,
	[SIM_REGISTERS] = &sim_registers_fops,
};

static umode_t sim_knob_mode(const struct sim_knob *knob)
{
	if (knob->access == SIM_FEED)
		return 0200;
	return knob->store || knob->access != SIM_TEXT ? 0600 : 0400;
}

static void sim_debugfs_fill(struct sim_port *port, struct dentry *dir,
			     u8 seat, struct sim_file *file)
{
	const struct sim_knob *knob;

	for (knob = sim_knobs; knob->name; knob++, file++) {
		if (knob->port_only && seat != SIM_SEAT_END)
			continue;
		*file = (struct sim_file) { port, seat, knob };
		debugfs_create_file(knob->name, sim_knob_mode(knob), dir, file,
				    sim_access[knob->access]);
	}
}

/**
 * sim_debugfs_add() - give a port its folder
 * @port: the port
 *
 * Context: process, under sim_mutex.
 */
void sim_debugfs_add(struct sim_port *port)
{
	struct sim_file *file;
	char name[16];
	u8 seat;

	port->files = kcalloc((SIM_SEATS + 1) * SIM_KNOBS,
			      sizeof(*port->files), GFP_KERNEL);
	if (!port->files)
		return;
	file = port->files;
	port->dir = debugfs_create_dir(port->name, sim_dir);
	sim_debugfs_fill(port, port->dir, SIM_SEAT_END, file);
	for (seat = 0; seat < SIM_SEATS; seat++) {
		file += SIM_KNOBS;
		snprintf(name, sizeof(name), "daisy%u", seat);
		sim_debugfs_fill(port, debugfs_create_dir(name, port->dir),
				 seat, file);
	}
}

/**
 * sim_debugfs_remove() - take a port's folder away
 * @port: the port
 *
 * Waits for reads and writes of the folder's files.
 *
 * Context: process, under sim_mutex.
 */
void sim_debugfs_remove(struct sim_port *port)
{
	debugfs_remove(port->dir);
	port->dir = NULL;
	kfree(port->files);
	port->files = NULL;
}

static int sim_add_word(struct sim_config *config, char *word)
{
	char *name = strsep(&word, "=");

	if (!word)
		return -EINVAL;
	if (!strcmp(name, "kind"))
		config->kind = word;
	else if (!strcmp(name, "peripheral"))
		config->peripheral = word;
	else if (!strcmp(name, "daisy"))
		config->daisy = word;
	else if (!strcmp(name, "irq"))
		return kstrtobool(word, &config->irq);
	else if (!strcmp(name, "shared"))
		return kstrtobool(word, &config->shared);
	else
		return -EINVAL;
	return 0;
}

static int sim_store_add(char *text)
{
	struct sim_config config = {
		.kind = "ecpepp", .peripheral = "printer", .daisy = "none",
		.irq = true,
	};
	char *word;
	int ret;

	while ((word = strsep(&text, " "))) {
		if (!*word)
			continue;
		ret = sim_add_word(&config, word);
		if (ret)
			return ret;
	}
	return sim_add(&config);
}

static ssize_t sim_top_write(struct file *f, const char __user *buf,
			     size_t len, int (*store)(char *text))
{
	char *text;
	int ret;

	if (len > PAGE_SIZE)
		return -EINVAL;
	text = memdup_user_nul(buf, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = store(strim(text));
	kfree(text);
	return ret ? : len;
}

static ssize_t sim_add_write(struct file *f, const char __user *buf,
			     size_t len, loff_t *ppos)
{
	return sim_top_write(f, buf, len, sim_store_add);
}

static const struct file_operations sim_add_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = sim_add_write,
	.llseek = noop_llseek,
};

static int sim_store_remove(char *text)
{
	return sim_remove(text);
}

static ssize_t sim_remove_write(struct file *f, const char __user *buf,
				size_t len, loff_t *ppos)
{
	return sim_top_write(f, buf, len, sim_store_remove);
}

static const struct file_operations sim_remove_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = sim_remove_write,
	.llseek = noop_llseek,
};

/**
 * sim_debugfs_init() - make the folder of all ports
 * @add: makes a port; 0 or a negative errno
 * @remove: takes a port away by its name; 0 or a negative errno
 *
 * Context: process.
 */
void sim_debugfs_init(int (*add)(const struct sim_config *config),
		      int (*remove)(const char *name))
{
	sim_add = add;
	sim_remove = remove;
	sim_dir = debugfs_create_dir("winpar_sim", NULL);
	sim_add_file = debugfs_create_file("add", 0200, sim_dir, NULL,
					   &sim_add_fops);
	sim_remove_file = debugfs_create_file("remove", 0200, sim_dir, NULL,
					      &sim_remove_fops);
	debugfs_create_atomic_t("touched", 0400, sim_dir,
				sim_port_count_touched());
}

/**
 * sim_debugfs_close() - no port comes or goes by debugfs any more
 *
 * Context: process, not under sim_mutex: it waits for writes to "add" and
 *	"remove", which take that.
 */
void sim_debugfs_close(void)
{
	debugfs_remove(sim_add_file);
	debugfs_remove(sim_remove_file);
}

/**
 * sim_debugfs_exit() - take away the folder of all ports
 *
 * Context: process; no port has a folder any more.
 */
void sim_debugfs_exit(void)
{
	debugfs_remove(sim_dir);
	sim_dir = NULL;
}
