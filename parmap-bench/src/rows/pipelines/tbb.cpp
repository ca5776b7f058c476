// The same streams as in streams.rs, by oneTBB's parallel_pipeline. For each line "shape steps items batch calls" that
// it is given it answers with the checksum and with the nanoseconds that one call took.

#include <oneapi/tbb/parallel_pipeline.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <type_traits>
#include <vector>

using tbb::filter_mode;
using u64 = std::uint64_t;
using Batch = std::vector<u64>;

// Tokens in flight.
constexpr std::size_t TOKENS = 64;

template <std::uint32_t STEPS>
u64 work(u64 x) {
    for (std::uint32_t step = 0; step < STEPS; ++step) {
        x = x * 6364136223846793005u + 1;
        x ^= x >> 29;
    }
    return x;
}

u64 checksum(u64 sum, u64 x) {
    return sum * 0x9E3779B97F4A7C15u + x;
}

// What a stage does to one token, of one item or of many.
template <typename F>
auto each(F f) {
    return [f](auto token) {
        if constexpr (std::is_same_v<decltype(token), Batch>) {
            for (u64& x : token) x = f(x);
        } else {
            token = f(token);
        }
        return token;
    };
}

struct Source {
    u64 next;
    u64 items;
    u64 batch;

    template <typename Token>
    Token pull(tbb::flow_control& control) {
        if (next == items) {
            control.stop();
            return Token();
        }
        if constexpr (std::is_same_v<Token, Batch>) {
            Batch token(std::min(batch, items - next));
            for (u64& x : token) x = next++;
            return token;
        } else {
            return next++;
        }
    }
};

template <std::uint32_t STEPS, typename Token>
u64 stream(const std::string& shape, u64 items, u64 batch) {
    Source numbers{0, items, batch};
    u64 serial = 0;
    u64 sum = 0;
    auto source = tbb::make_filter<void, Token>(
        filter_mode::serial_in_order, [&](tbb::flow_control& control) { return numbers.pull<Token>(control); });
    auto par = tbb::make_filter<Token, Token>(filter_mode::parallel, each(work<STEPS>));
    auto seen = tbb::make_filter<Token, Token>(
        filter_mode::serial_in_order, each([&](u64 x) { return serial = checksum(serial, x); }));
    auto end = tbb::make_filter<Token, void>(filter_mode::serial_in_order, [&](const Token& token) {
        if constexpr (std::is_same_v<Token, Batch>) {
            for (u64 x : token) sum = checksum(sum, x);
        } else {
            sum = checksum(sum, token);
        }
    });
    if (shape == "par") {
        tbb::parallel_pipeline(TOKENS, source & par & end);
    } else {
        tbb::parallel_pipeline(TOKENS, source & par & seen & par & end);
    }
    return sum;
}

template <std::uint32_t STEPS>
u64 stream_of(const std::string& shape, u64 items, u64 batch) {
    return batch == 1 ? stream<STEPS, u64>(shape, items, batch) : stream<STEPS, Batch>(shape, items, batch);
}

// The steps of streams.rs, each compiled for itself as there.
u64 run(const std::string& shape, std::uint32_t steps, u64 items, u64 batch) {
    switch (steps) {
        case 3: return stream_of<3>(shape, items, batch);
        case 24: return stream_of<24>(shape, items, batch);
        case 125: return stream_of<125>(shape, items, batch);
        case 625: return stream_of<625>(shape, items, batch);
        case 12500: return stream_of<12500>(shape, items, batch);
        default: std::cerr << "no stream of " << steps << " steps\n"; std::exit(1);
    }
}

int main() {
    std::string shape;
    std::uint32_t steps;
    u64 items, batch, calls;
    while (std::cin >> shape >> steps >> items >> batch >> calls) {
        u64 sum = 0;
        const auto began = std::chrono::steady_clock::now();
        for (u64 call = 0; call < calls; ++call) sum = run(shape, steps, items, batch);
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
        std::cout << sum << ' ' << took.count() / calls << std::endl;
    }
}
