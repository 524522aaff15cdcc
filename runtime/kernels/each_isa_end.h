/* each_isa_end.h — after one instruction set: its names are free for the next (see each_isa.h). */
#undef NAME
#undef TARGET
#undef VL
#undef REGISTERS
#undef FMA
#undef FIRST
#undef LOAD
#undef STORE
#undef KEEP
#undef INLINE
#undef vec
#undef EVEN
#undef ODD
#undef LOW
#undef HIGH
