/* Loops over 0..n by OpenMP, for openmp.rs. The body of a loop is a function that does a block of items, so that what
 * would be the inner loop of compiled OpenMP is one in Rust, which the compiler knows whole.
 *
 * Each function calls `block` with ranges that together are 0..n and of which no two overlap, and returns when all of
 * those calls have. `thread` is below `threads`, and is another for each of the threads that are in a loop. */

#include <omp.h>
#include <stdbool.h>
#include <stddef.h>

/* Does the items from `first` to before `end`. */
typedef void block_fn(const void *context, size_t thread, size_t first, size_t end);

void parmap_omp_static(int threads, size_t n, block_fn *block, const void *context);
void parmap_omp_dynamic(int threads, size_t n, size_t chunk, block_fn *block, const void *context);
void parmap_omp_guided(int threads, size_t n, block_fn *block, const void *context);

/* schedule(static): a block for each thread, of equal size but for one item. */
void parmap_omp_static(int threads, size_t n, block_fn *block, const void *context)
{
#pragma omp parallel num_threads(threads)
    {
        size_t team = (size_t)omp_get_num_threads(), thread = (size_t)omp_get_thread_num();
        size_t size = n / team, longer = n % team;
        size_t first = thread * size + (thread < longer ? thread : longer);
        size_t end = first + size + (thread < longer);
        if (first < end)
            block(context, thread, first, end);
    }
}

/* schedule(dynamic, chunk): blocks of `chunk` items (1 or more), each handed out to whoever is free. */
void parmap_omp_dynamic(int threads, size_t n, size_t chunk, block_fn *block, const void *context)
{
    ptrdiff_t blocks = (ptrdiff_t)(n / chunk + (n % chunk != 0));
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (ptrdiff_t number = 0; number < blocks; number++) {
        size_t first = (size_t)number * chunk;
        size_t end = n - first < chunk ? n : first + chunk;
        block(context, (size_t)omp_get_thread_num(), first, end);
    }
}

/* What GCC makes of `#pragma omp for schedule(guided) nowait`; see "Implementing FOR Construct" in libgomp's manual.
 * With the pragma itself, `block` would be called for each item, or OpenMP would be guided by blocks, not items. */
bool GOMP_loop_guided_start(long start, long end, long step, long chunk, long *first, long *last);
bool GOMP_loop_guided_next(long *first, long *last);
void GOMP_loop_end_nowait(void);

/* schedule(guided) over single items: blocks that are the smaller the fewer items are left, down to one item. */
void parmap_omp_guided(int threads, size_t n, block_fn *block, const void *context)
{
#pragma omp parallel num_threads(threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        long first, end;
        bool more = GOMP_loop_guided_start(0, (long)n, 1, 1, &first, &end);
        for (; more; more = GOMP_loop_guided_next(&first, &end))
            block(context, thread, (size_t)first, (size_t)end);
        GOMP_loop_end_nowait();
    }
}
