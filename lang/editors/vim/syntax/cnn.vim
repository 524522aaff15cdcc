" Vim syntax file for the model files of cnnrun.
" Written by `cnnrun help --as vim` from the tables of the program.
if exists("b:current_syntax")
  finish
endif

syntax match cnnValue "\<\%(accuracy\|all\|classes\|confusion\|curves\|gray\|horizontal\|no\|none\|oversample\|report\|rgb\|same\|tanh\|undersample\|valid\|vertical\|weights\|yes\)\>"
syntax match cnnChoice "\<\%(adagrad\|adam\|adamw\|blur\|brightness\|cifar10\|cifar100\|constant\|contrast\|cosine\|crop\|crossentropy\|cutout\|digits\|edges\|equalize\|exponential\|fashion\|flip\|grayscale\|he\|hinge\|lecun\|mnist\|mse\|noise\|normal\|normalize\|plateau\|rescale\|resize\|rmsprop\|rotate\|sgd\|shear\|shift\|standardize\|step\|uniform\|xavier\|zeros\|zoom\)\>"
syntax match cnnLayer "\<\%(add\|avgpool\|batchnorm\|concat\|conv\|dense\|dropout\|elu\|flatten\|gelu\|globalavgpool\|instancenorm\|layernorm\|leakyrelu\|lrn\|maxpool\|relu\|sigmoid\|silu\|softmax\|tanh\|upsample\|widen\)\>"
syntax match cnnStatement "\<\%(as\|augment\|block\|data\|evaluate\|freeze\|init\|let\|load\|loss\|optimizer\|parallel\|preprocess\|repeat\|residual\|save\|section\|seed\|shortcut\|train\|unfreeze\|use\)\>"
syntax match cnnOption "\<\%(alpha\|approximate\|balance\|batch\|beta\|beta1\|beta2\|bias\|ceil\|classes\|clip\|color\|decay\|decay_all\|dilation\|epochs\|eps\|every\|except\|factor\|groups\|init\|into\|iterations\|k\|limit\|list\|lr\|mean\|min\|momentum\|nesterov\|pad\|patience\|rho\|schedule\|sigma\|size\|smoothing\|split\|std\|steps\|stride\|top\|upto\|valid\|warmup\|worst\)\ze\s*="
syntax match cnnNumber "\%(\w\)\@<!-\?\d\+\%(\.\d\+\)\?\%([eE][+-]\?\d\+\)\?%\?\%(\w\)\@!"
syntax match cnnSize "\<\d\+x\d\+\%(x\d\+\)\?\>"
syntax region cnnText start=+"+ end=+"+ oneline
syntax match cnnComment "#.*$" contains=@Spell

highlight default link cnnOption Identifier
highlight default link cnnStatement Statement
highlight default link cnnLayer Function
highlight default link cnnChoice Type
highlight default link cnnValue Constant
highlight default link cnnNumber Number
highlight default link cnnSize Number
highlight default link cnnText String
highlight default link cnnComment Comment

let b:current_syntax = "cnn"
