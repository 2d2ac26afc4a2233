// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// VCompound: a virtual compound page allocator. Big theory statement.
//
// Lameter, C.: Virtual Compound Page Support, linux-mm, 2007 and 2008 (never merged).
// Bonwick, J., and Adams, J.: Magazines and Vmem, USENIX 2001.
// Wrenger, L., et al.: LLFree: Scalable and Optionally-Persistent Page-Frame Allocation,
//   USENIX ATC 2023.
//
// 1. The idea
//
// A program asks for a large buffer. If the arena has one run of free frames that is long
// enough, the buffer is that run, at its address in the linear map: no system call, no new
// mapping, huge pages underneath. If the free frames are enough but scattered, the few longest
// runs are mapped side by side into a window of address space: the buffer is stitched, and the
// caller cannot tell. Where the runs are short, or mappings scarce, the free frames are exchanged:
// their memory goes back to the kernel, and as many frames of chunks that had none get it, side by
// side. No byte in use moves, no mapping is used, and what was scattered is one run from then on.
// So a request fails only when fewer frames are free than it asks for.
//
// Linux had this idea as virtual compound pages and lives with its heirs, kvmalloc and vmalloc.
// Malloc libraries do not have it: each of them trades memory for speed.
//
// 2. Words
//
// frame         one physical page of the arena, by number
// arena         the memory file and its linear map
// linear map    the one mapping in which frame n lies n pages behind the base
// run           consecutive frames
// chunk         512 frames, 2 MiB: what one huge page maps, and the unit of residency
// resident      backed by memory now; absent: not; hidden: on the way from one to the other
// capacity      the most frames that are resident at a time, those on their way included
// frame space   all frames: several times the capacity, most of them absent
// hole          a frame without memory in a chunk that has some: the chunk is holed. A chunk with
//               nothing but holes is absent, and fresh again
// hollow        a chunk that has holes and free frames, and nothing else
// upkeep        what the helper thread does: decay (what no request needed for a while goes back
//               to the system) and healing (exchange beside the program)
// exchange      give the memory of scattered free frames back, and make as many others resident
//               that lie side by side in absent chunks
// window        a range of address space that a stitched block is mapped into
// mirrored      a window that maps its runs twice, one copy behind the other: a ring's
// retired       a window whose block is gone: it still maps the frames, and has none of them
// stitch        map several runs into one window
// congruent     an address and a frame equally far behind a multiple of 2 MiB: only there is a
//               huge page mapped as one
// block         what a request got; its owner, a buffer or a pointer, frees it
// object        a block that shares its pages with others of its size class
// slab          a run of frames cut into objects
// magazine      a small stack of free blocks of one page count, or of one size class, that a
//               thread keeps
// gate          what lets a magazine's owner in without a lock, and can be shut by other threads
// depot         objects of one size class kept for any thread
// account       where a frame is: absent, free, in transit, in a slab, or out (5.1)
// in transit    taken, and not handed over yet
// carrier       a thread that carries objects or pages from one holder to another
// shelf         the magazines that an object cache has, one in every thread's cache
// reclaimable   a cache above the heap (page pool, object cache) that gives up what it keeps
// region        small blocks side by side in extents, which are blocks; given back at once
// need          the state from the moment in which a request finds nothing until its end: no
//               cache keeps anything meanwhile
// shrinker      a function of the program's that frees memory before a request is refused
// census        the list of the blocks that are allocated, or of a sample of them
// label         what a caller says a block is for; its site: the label and the place in the program
// line          the requests that wait until memory is freed, in the order in which they came
// front door    a value through which callers reach the heap: allocator, pool, object cache,
//               page array
// lifetime      how long the heap lives; the door: the one way in (5.2, 5.3)
// order         a block of order k has 2^k frames
//
// 3. Principles
//
// Exact: sizes are exact in pages, any run serves, and the ceiling holds to the page, at each
// moment of an exchange too. Only memory is scarce: addresses and file offsets are not. Resident
// first: what is resident and in one piece serves before fresh memory, and beyond a slack that the
// caller sets, so does what must be stitched. Born huge: a chunk becomes resident as a whole;
// failure is an error, never a later SIGBUS. All or nothing: a request that fails leaves nothing
// behind. A limit on everything: the error names the limit that was met. A refusal needs a proof:
// nothing hides from a request, not even what is in transit. No lock is held across a function of
// the caller's, and few across system calls (6). Metadata lies apart from the memory that it
// describes, and costs nothing for an arena not yet used. A rule that must hold everywhere has one
// keeper (5).
//
// 4. Rooms
//
// The folders beside this file. A room uses names only of the rooms that the table allows.
//
//   room          holds                                                   knows
//   API           what callers see: CompoundAllocator, CompoundBuffer,    Pools, Reports, Heap,
//                 PageSlots, PagePool, ObjectCache; documentation         measures of Pages, System,
//                                                                         Units
//   Pools         the cores of page pools and object caches               Heap, gates and magazines
//                                                                         of Threads, System, Units
//   Reports       a server of reports: its socket, its thread, who        Heap, System, Units
//                 asks, questions and answers
//   Heap          one request from top to bottom; the door, the           all below
//                 lifetime, policy, reclaimers, the line
//   Census        which blocks there are: a table beside the heap, by     System, Units
//                 address; labels
//   Objects       size classes, slabs, depots, checks of objects.         Threads, System, Units
//                 Touches objects in checked builds only
//   Threads       magazines of pages and of objects, behind gates         System, Units
//   Windows       layouts, windows, the mapping budget, teardown          Pages, AddressSpace,
//                                                                         System, Units
//   Pages         the ledger: frames, block records, accounts. In         System, Units
//                 Frames: which frames are free, lists of runs
//   AddressSpace  vmem: ranges of numbers, with boundary tags; its        System, Units
//                 public face for numbers of the program's (VmemArena)
//   System        every call to the operating system, through a seam at   Units
//                 which tests make it fail; owners of what the system
//                 hands out; locks; fork
//   Units         bytes, pages, orders, frames; the error                 -
//
// Frames, Layout and Vmem are pure logic: tested without any memory behind them.
//
// 5. One request, from top to bottom
//
//   CompoundAllocator.allocate(byteCount: 300_000)
//    1. Magazine: a block of 74 pages in the thread's magazine is taken without a lock, in some
//       nanoseconds (Heap+Caches). Else the request enters by the door, and its numbers are
//       checked (Heap+Allocate).
//    2. Ledger: the shortest free run of at least 74 resident frames is found; its first 74 are
//       marked used, a record is written at the head. The address is base + frame * 4096. Some
//       tens of nanoseconds (Heap+Obtain, Ledger, Frames). While much is free, some blocks more of
//       that size go to the thread's magazine (Heap+Batches).
//    3. All threads' magazines of pages and of large objects are shut and emptied. Meanwhile:
//       a retired window of 74 pages whose frames are free serves again as it is; else step 2;
//       else the longest free runs are gathered, unless the arena may grow for the sake of speed
//       (AllocatorConfiguration.residencySlack).
//    4. Growth: in the queue of requests that resident frames cannot serve, as few absent chunks
//       as will do become resident (one touch each, one MADV_COLLAPSE), and step 3 again. What
//       is in one piece comes first within the slack, scattered runs next: stitched where they are
//       few, else exchanged (Heap+Exchange: whole chunks for the shortest runs); absent chunks
//       anywhere last, and where there is none, holes. Before a refusal, objects in magazines and
//       depots go back to their slabs, and free slabs to the frames.
//    5. Need: page pools and object caches give up what they keep, and keep nothing until the
//       request is served or refused. When step 4 fails and nothing is in transit, functions of the
//       program free some of what is in use (Shrinkers), and it tries again; it is refused with
//       outOfMemory only when they have nothing. While something is in transit, it waits for a
//       change of the ledger. A request that may wait longer joins the line (Line, Heap+Waiting):
//       it stays in need, and the first of the line tries again whenever memory is freed.
//    6. Scattered runs are stitched: Layout orders them so that whole chunks are congruent;
//       Windows sets mappings aside in the budget and takes a range of address space that no
//       processor has in its TLB; one mmap a piece, and a read every 64 KiB, which fills the page
//       tables. The window's number is recorded at the head of every run. Some microseconds a
//       piece. Where mappings are used up, retired windows are torn down; then the request is
//       tried again in one piece.
//
//   A size up to 32 KiB (4 KiB in arenas of less than 256 MiB, and where stitching may be forced)
//   goes another way first, unless a page's alignment is asked (or, in checked builds, whole
//   pages): an object from the thread's magazine of its size class, without a lock; else some are
//   moved there from the depot or from the fullest slabs; else a slab is cut from a run (2 to 4),
//   a shorter one where no run is as long. Where that fails, or would cost more than the pages of
//   the one object, pages serve.
//
//   The buffer goes out of scope.
//    7. Contiguous: into the thread's magazine, of which half goes to the frames if it is full; or,
//       where the thread keeps none of that size, under the ledger's lock,
//       the frames are free, and merge with the runs on both sides.
//    8. Stitched: the window is retired, the frames are free at once. When 256 mappings are
//       retired they are torn down together, neighbours in one call.
//
// Growth of a block: in place, where the frames behind it are free or its window has room; by a
// copy into a longer resident run, while no request is in need (the old frames are in transit
// from the moment in which the new ones are taken); else into a new window that maps the same
// frames and some more, without a copy.
//
// Splitting a buffer moves no byte and makes no system call: a contiguous one gets one more head
// (Ledger+Parts), a window is divided, with its range of address space, at a page
// (Windows+Divide). Joining undoes it where the two lie side by side; else it maps the frames of
// both into room behind the first, or into a new window. The frames stay in their account all the
// while. Where mappings are used up, or the first does not end with a page, the first grows, and
// the second is copied.
//
// After the arena was opened, no path of allocate, free, resize, look-up or a thread's end asks
// malloc: runs, windows, tags and magazines live in tables that are mapped, and cost memory
// only where they are used.
//
// 5.1 Accounts (Pages: Ledger, Accounts, Transit; Heap: Reclaimers)
//
// Each frame is in one account, and the accounts add up to the capacity; Ledger moves frames
// between them under one lock, and builds with internal checks verify the sum after every change.
// What is carried outside the ledger (a pool's refill, objects on their way to be destroyed) is
// announced to Transit before it is taken, and until it is handed over. Reclaimers counts the
// requests in need: while there are any, no refill hoards, no slab of several pages is cut for
// objects up to a page, and no block that may be stitched grows by a copy. So threads that together
// never reserve more than the capacity are never refused. (A small block counts as a slab of its
// class, at most 16 pages. Mappings have a limit of their own, which is met only where no absent
// chunks are left to exchange with.)
//
// 5.2 Lifetime (Heap/Door.swift)
//
// Each front door has a reference to one Lifetime. When the last one goes, the magazines are
// closed for good, so that the ledger counts every block; the heap ends then, or with the last
// block that a buffer owns. The step that counts that block out is the last access of its thread,
// but for the end itself.
//
// 5.3 The door (Heap/Door.swift)
//
// Everything public that can meet a lock, a mapping or the end enters by Door, which knows
// children of fork. Callback marks a thread inside `destroy`: its requests take what is free or can
// become resident, or are refused; they wait for the helper thread at most, and reclaim nothing.
// That function and `create` run with no lock held.
//
// 6. Locks
//
// Left before right; one that is not named beside another is never held with it.
//
//   process state -> threads' caches -> size class -> ledger -> run table
//   threads' caches -> shelves -> counts of an object cache
//   process state -> register of tables
//   growth -> threads' caches -> size class -> ledger -> run table
//   teardown -> process state
//   teardown -> window table -> {vmem, ledger, run table}
//   reclaimers -> {ledger of an open pool, counts of an object cache}
//   line -> waiter
//   ledger -> ledger of an open pool
//   ledger -> a part of the census
//   ledger of a closed pool -> reclaimers
//
// (A closed pool is no member of the reclaimers, so the last line closes no circle.) The ledger
// is held for some dozen instructions. System calls are made under these only: growth (memory
// made resident, or given back), teardown (windows unmapped), process state (address space reserved
// and given back, tables asked about), the states of helper and line (a thread begun), threads'
// caches and reclaimers (one membarrier), the ledger of a closed pool (mprotect of pages that are
// revoked).
//
// Magazines have no lock that their owners take. A thread that wants what is in them shuts their
// gates and has the kernel make every running thread pass a memory barrier (membarrier(2)); the
// owner pays two plain stores and a load. OwnerGate tells the protocol. An owner inside its gate
// may take a size class, the ledger, its pool's ledger, or the counts of an object cache. The cache
// of a page pool is behind such a gate too; the rings through which other threads put pages back
// are held for the moment of a store, and never waited for. Without membarrier nothing is cached.
// A consumer that waits for a page closes the rings: who finds them closed takes the pool's ledger,
// and hands its page over there (PoolCore+Waiting). So waiting costs those nothing who put pages
// back while nobody waits.
//
// 7. Failure
//
// Every system call can fail; so can every step of an allocation. Frames in transit are given back
// by the function that took them, reservations and files by the destructors of their owners
// (`~Copyable` structs in System). At the kernel's limit on mappings even replacing one mapping
// by another fails, and only munmap of whole ones works: Windows then gives the window's address
// space up. Address space that the kernel refuses to take back is an orphan, and tried again.
// A lack of memory is an error from madvise, never SIGBUS, because pages are populated before
// they are touched, and the file is sealed against shrinking.
//
// 8. Fork
//
// The linear map is marked MADV_DONTFORK. ProcessState holds its lock over fork, so a child finds
// what is global consistent; in the child it unmaps the spans of windows, and sets the count of
// mappings and the thread's caches to nothing: the child may open allocators of its own. A page
// marked MADV_WIPEONFORK (ForkSentinel) tells the child that the heap is its parent's, before any
// lock that may be held there for ever. Magazines, and the caches and rings of pools, lie on such
// pages too: all zeroes are a gate that is shut. The heap never ends in a child. Children that a
// program makes by a bare clone system call run no handler: windows stay mapped in them. The tables
// of a VmemArena are plain private memory: a child has a copy of its own, and may use and end it.
//
// The sockets of servers of reports are closed in children before `fork` returns there, so nobody
// connects to a process without the thread that would answer.
//
// 8.1 Census (Census; Heap: Heap+Census)
//
// Objects have no room for a label, so a table beside the heap has the blocks, by their addresses.
// A block is listed before anybody but its thread knows it, and taken off the list before it is
// free; one that is resized is not listed meanwhile. Paths without a lock list nothing: where a
// census is kept, what they compare the thread's slot with is a number that no slot has
// (ThreadCaches.unlistedNumber), so they find no magazine, and the paths behind them do the rest.
// Without a census they compare as ever.
//
// 8.2 Looking (Heap: Heap+Map, Heap+Report; Reports)
//
// A map copies what the ledger knows of a chunk under its lock, and counts without it
// (ChunkSnapshot, MapCounter). Block records that their owners write without a lock are words, read
// and written in one piece. ReportCore answers other programs with maps and reports: a thread that
// holds no lock while it waits, sends or receives, and limits on all that others can ask of it.
//
// 9. Checks
//
// Every build stops at a second free of a block of pages, of an object that is on top of its
// magazine or in its slab, at a wrong size of pages, at foreign addresses and those inside a block
// of pages. Other builds than checked ones know no more of an object than its size class.
//
// Checked builds (debug, or VCOMPOUND_INTERNAL_CHECKS) keep the exact size and the owner of every
// object (ObjectChecks), with a redzone behind each, and one behind a block of pages up to its
// last page's end (Heap+Checks). Freed memory is filled with a pattern, which must hold when it
// is used again. Windows are unmapped when they are freed, and have a page behind them that is
// never mapped. Blocks that pointers own when the heap ends are leaks, and stop the program. Not
// found: a write past a block of the linear map that ends with a page, and reads of freed memory
// there.
//
// Forced stitching (FallbackPolicy.always, the build flag FALLBACK_ALWAYS) takes half of the
// kernel's mappings by default, and spares a quarter of those for blocks that must be stitched;
// a block for which mappings are used up is served as without force, and counted
// (AllocatorStatistics.unforcedAllocations).
//
// 10. Tests
//
// Frames, windows and the address space can validate all their invariants; builds with
// VCOMPOUND_INTERNAL_CHECKS do so after every change of the frames. Random operations are compared
// with plain models, of the whole heap and of vmem; the promise of 5.1 is tested as it is written,
// by threads that reserve before they ask; every public function is called in children of fork;
// every system call of every kind is made to fail in every operation; the mapping limit is
// reached for real.
//
// Whatever could be decided by measurement was. The figures, with what was tried and did not
// help, are in the documentation (VCompound.docc, "Measured decisions").
