" A file whose name ends in .cnn is a model file of cnnrun.
autocmd BufNewFile,BufRead *.cnn set filetype=cnn
autocmd FileType cnn setlocal commentstring=#\ %s shiftwidth=4 expandtab
