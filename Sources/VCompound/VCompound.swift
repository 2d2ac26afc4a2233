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
// 1. Concepts
//
// 1.1 The idea
//
// A program asks for a large buffer. If the arena has one run of free frames that is long
// enough, the buffer is that run, at its address in the linear map: no system call, no new
// mapping, huge pages underneath. If the free frames are enough but scattered, the few longest
// runs are mapped side by side into a window of address space: the buffer is stitched, and the
// caller cannot tell. So a request fails only when fewer frames are free than it asks for, and
// the arena never has to be larger than what is alive in it.
//
// Linux had this idea as virtual compound pages and lives with its heirs, kvmalloc and vmalloc.
// Malloc libraries do not have it: each of them trades memory for speed.
//
// 1.2 Words
//
// frame         one physical page of the arena, by number
// arena         the memory file and its linear map
// linear map    the one mapping in which frame n lies n pages behind the base
// run           consecutive frames
// chunk         512 frames, 2 MiB: what one huge page maps, and the unit of residency
// resident      backed by memory now; absent: not
// window        a range of address space that a stitched block is mapped into
// stitch        map several runs into one window
// congruent     an address and a frame equally far behind a multiple of 2 MiB: only there is a
//               huge page mapped as one
// order         a block of order k has 2^k frames
// magazine      a small stack of free blocks of one page count, or of one size class, that a
//               thread keeps
// object        a block that shares its pages with others of its size class
// slab          a run of frames cut into objects
// depot         objects of one size class kept for whichever thread needs some next
// budget        a ceiling that the caller sets
//
// 1.3 Principles
//
// Exact: sizes are exact in pages, any run serves, and the ceiling holds to the page.
// Resident first: what is resident and in one piece serves before fresh memory, and beyond a
// slack that the caller sets, so does what must be stitched. All or nothing: a request that fails
// leaves nothing behind. A limit on everything, and every limit has a name in the error that
// reports it. Nothing hides from a request: whatever is kept for speed is given up before anybody
// is refused. No lock is held across a system call, but by those who wait for what the call makes
// (3.3).
//
// 2. Rooms
//
// The folders beside this file. Each room knows only those below it.
//
//   FrontDoor      what callers see: CompoundAllocator, CompoundBuffer, PageSlots, PagePool and its
//                  pages, Configuration, Statistics. Ownership in Swift's terms, pointers,
//                  documentation.
//   Pools          page pools: one consumer's cache, rings for those who put pages back, counts of
//                  holders, and the pool's end.
//   Blocks         the engine: finds frames for a request, makes a block of them, remembers
//                  which block a frame belongs to, resizes and frees, one by one or in bulk. The
//                  only room that brings those below together.
//   Objects        size classes, slabs and the depot: which objects are free. Touches none of
//                  them.
//   Caches         the magazines of threads, used without a lock by their owners and emptied by
//                  anybody who needs what is in them.
//   Stitching      the layout of runs in a window, windows, the mapping budget, teardown, and
//                  what a child of fork does about windows.
//   Arena          the memory file, the linear map, chunks that become resident and go.
//   Frames         which frames are free: a map for every chunk, an index of runs, absent
//                  chunks. Pure logic: tested without any memory behind it.
//   AddressSpace   vmem: an arena of numbers with boundary tags, from which windows have their
//                  addresses. By instant, best or next fit, under constraints; imports from a
//                  source, quantum caches. Pure logic.
//   System         the one room that calls the operating system, every call through a seam at
//                  which tests make it fail; the owners of what the system hands out.
//   Units          bytes, pages, orders and frames as types of their own; the error.
//
// 3. Implementation
//
// 3.1 The life of one allocation
//
//   CompoundAllocator.allocate(byteCount: 300_000)
//    1. The numbers are checked, bytes become pages (74), the fallback policy is asked.
//       A block of that many pages in one of the thread's magazines? It is taken, without a
//       lock: done, in some nanoseconds.
//    2. Under the ledger's lock, Frames looks for the shortest free run of at least 74 resident
//       frames. If there is one: its first 74 frames are marked used, what is left is filed
//       again, a record is written at the head. The address is base + frame * 4096. Done, in
//       some tens of nanoseconds.
//       If there is none, all threads' magazines are emptied, and it looks again.
//    3. No run, but 74 free resident frames, and the arena holds as much memory as it may for
//       the sake of speed (Configuration.residencySlack), else step 4 comes first: Frames gathers
//       them, longest runs first. The lock is dropped. Layout merges neighbours and orders the
//       pieces so that whole chunks are congruent. Windows sets mappings aside in the budget and takes a range of address space
//       that no processor has in its TLB; one mmap a piece, and a read every 64 KiB, which fills
//       the page tables. The window's number is recorded at the head of every run. Done, in some
//       microseconds a piece. (Should mappings run out, the frames go back, and step 4
//       makes memory in one piece.)
//    4. Too few resident frames: in the queue of those who wait for memory, as few absent
//       chunks as make up for what is missing are chosen, side by side where that costs no more
//       chunks, and made resident: one touch each, one MADV_COLLAPSE. They are published, and
//       the request starts again at step 2.
//    5. No absent chunk either: slabs without an object in use, then what page pools and object
//       caches keep, are given up, and step 2 again. Then outOfMemory, with what was asked, what
//       was free, the longest run and the limit that was met.
//
//   A size up to 32 KiB (4 KiB in arenas of less than 256 MiB) goes another way before all that,
//   unless a page's alignment is asked (or,
//   in checked builds, whole pages):
//    0. The size class is looked up, and an object taken from the thread's magazine of that class,
//       without a lock. If there is none, some are moved there from the depot, or from the fullest
//       slabs; if there is no slab, one is cut from a run of frames (steps 2 to 5). Where that
//       fails, or would cost more than the pages of the one object, pages serve.
//
//   The buffer goes out of scope.
//    6. Contiguous: into the thread's magazine, if there is room; else, under the lock, the frames
//       are free and merge with the runs on both sides.
//    7. Stitched: the window is retired, the frames are free at once. A block of the same size
//       uses it again if they are still free then. When 256 mappings are retired they are torn
//       down together, neighbours in one call.
//
// 3.2 Why it is built like this
//
// Whatever could be decided by measurement was. The figures, with what was tried and did not
// help, are in the documentation (VCompound.docc, "Measured decisions").
//
// 3.3 Locks
//
// The ledger (frames, records, counts) is held for some dozen instructions, never across a system
// call. The growth lock is the queue of those who wait for memory: it is held while chunks become
// resident, and nobody whom resident frames can serve takes it. The windows' lock guards tables;
// the teardown lock is held while windows are unmapped, and whoever finds the budget used up
// waits for it. The caches lock is held by whoever empties magazines or gives a thread its own.
// A pool's lock guards its numbers and its end; the engine is never called with it held.
// Every size class has a lock for its slabs and its depot. Order: growth, caches, pool or size
// class, ledger; teardown, windows; no others nest.
//
// Magazines have no lock that their owners take. Whoever wants what is in them closes them and
// has the kernel make every running thread pass a memory barrier (membarrier(2)); the owner pays
// two plain stores and a load. OwnerGate tells the protocol. The cache of a page pool is behind
// such a gate too; the rings through which other threads put pages back are each held, for the
// moment of a store, by one of those, and emptied by the pool's consumer without holding them.
//
// 3.4 Failure
//
// Every system call can fail; so can every step of an allocation. Frames taken are given back by
// whoever took them, reservations and files by the destructors of their owners (`~Copyable`
// structs in System). At the kernel's limit on mappings even replacing one mapping by another
// fails, and only munmap of whole ones works: Windows then gives the window's address space up.
// A lack of memory is an error from madvise, never SIGBUS, because pages are populated before
// anybody touches them, and the file is sealed against shrinking.
//
// 3.5 Fork
//
// The linear map is marked MADV_DONTFORK. Windows are unmapped by a pthread_atfork handler in
// the child (ForkGuard says why). A page marked MADV_WIPEONFORK tells the child that it is one
// before it takes a lock that a thread of its parent may hold; magazines, and the caches and rings of
// page pools, lie on such pages too. Children that a program makes by a bare clone system call run
// no handler: windows stay mapped in them.
//
// 3.6 Checking
//
// Checked builds keep the exact size and the owner of every object beside the slabs, with a redzone
// behind each object, and let no thread's magazine be used without looking at all that. Other
// builds know the size class only.
//
// Frames, windows and the address space can validate all their invariants; builds with
// VCOMPOUND_INTERNAL_CHECKS do so after every change of the frames. Debug builds poison freed
// memory, unmap windows at once so that a late user faults, and stop at leaks. A million random
// operations are compared with a plain model, and a million of vmem with another; every system
// call of every kind is made to fail in every operation; the mapping limit is reached for real.
